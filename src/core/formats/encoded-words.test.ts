import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeWords } from './encoded-words.ts';

it.each([
  ['=?UTF-8?q?J=C3=B6rg=20M=C3=BCller?=', 'Jörg Müller'],
  ['=?utf-8?B?SsO2cmc=?= <j@example.org>', 'Jörg <j@example.org>'],
  ['=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=', 'Keld Jørn Simonsen'],
  ['=?us-ascii*en?q?plain?=', 'plain'],
  ['a =?UTF-8?q?b=C3=A9?= c =?UTF-8?q?d?=', 'a bé c d'],
  ['nothing to do: =?', 'nothing to do: =?'],
])('decodes %j', (header, text) => {
  expect(decodeWords(header)).toBe(text);
});

it('drops the white space between two words, and joins a letter that they share', () => {
  expect(decodeWords('=?UTF-8?q?J=C3?= \t=?UTF-8?q?=B6rg?=')).toBe('Jörg');
  expect(decodeWords('=?UTF-8?q?a?= =?iso-8859-1?q?=F8?= =?UTF-8?b?w7Y=?=')).toBe('aøö');
});

it.each([
  ...['=?nonsense?q?abc?=', '=?UTF-8?q?=C3?=', '=?UTF-8?q?=ZZ?=', '=?UTF-8?b?%%%?='],
  ...['=?UTF-8?x?abc?=', '=?UTF-8?q?abc'],
])('leaves %j as it is', (header) => {
  expect(decodeWords(header)).toBe(header);
});

it('gives back any text that was encoded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const bytes = Buffer.from(text);
      const quoted = [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join('');
      expect(decodeWords(`=?UTF-8?q?${quoted}?=`)).toBe(text);
      expect(decodeWords(`=?UTF-8?b?${bytes.toString('base64')}?=`)).toBe(text);
    }),
    { numRuns: 200 },
  );
});
