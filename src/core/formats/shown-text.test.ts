import { expect, it } from 'vitest';
import { quotedText, shownText } from './shown-text.ts';

it('shows text of a file on one line, without what cannot be seen', () => {
  expect(shownText(' a\r\n\tb\0c\u202e ')).toBe('a b\ufffdc\ufffd');
});

it('cuts long text', () => {
  expect(shownText('a'.repeat(1_000_000))).toBe(`${'a'.repeat(59)}…`);
});

it('quotes text so that it cannot end the quotation', () => {
  expect(quotedText('a` @b')).toBe("`a' @b`");
});
