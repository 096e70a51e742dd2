import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runToEnd } from '../../../test/support/pinwheel.ts';
import { shellWord } from './shell.ts';

describe('a word of the shell', () => {
  it('is the text itself where nothing in it is special', () => {
    expect(shellWord('patches/nova/2025.2/0001-a_b+c.patch')).toBe(
      'patches/nova/2025.2/0001-a_b+c.patch',
    );
    expect(shellWord("it's")).toBe("'it'\\''s'");
    expect(shellWord('a\nb\u001b')).toBe("$'a\\x0ab\\x1b'");
  });

  it('is read by bash as the text, and shows nothing that a terminal would obey', async () => {
    const odd = fc.constantFrom(
      "'",
      '"',
      '\\',
      '$',
      '`',
      '!',
      '\n',
      ' ',
      '\t',
      '*',
      '\u001b',
      '\u202e',
      'é',
      '☃',
      '#',
    );
    const text = fc.string({ unit: fc.oneof(odd, fc.constantFrom('a', '1', '-')), minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 20, maxLength: 40 }), async (texts) => {
        const words = texts.map(shellWord);
        expect(words.join('')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        const script = `printf '%s\\0' ${words.join(' ')}`;
        const { stdout } = await runToEnd('bash', ['-c', script], { env: process.env });
        expect(stdout.split('\0').slice(0, -1)).toEqual(texts);
      }),
      { numRuns: 20 },
    );
  });
});
