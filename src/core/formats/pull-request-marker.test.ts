import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentIn, readMarker, withContent, withMarker } from './pull-request-marker.ts';

const marker = {
  branch: 'pinwheel/main/2025.2/refs',
  target: 'a'.repeat(16),
  content: 'b'.repeat(16),
};

describe('the marker of a pull request', () => {
  it('is read as it was written, after GitHub has made CRLF of it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 50 }), (text, name) => {
        const named = { ...marker, branch: `pinwheel/${name}` };
        const written = withMarker(text.replaceAll('\r', ''), named);
        const read = readMarker(written.trimEnd().replaceAll('\n', '\r\n'));
        expect(read).toEqual({ body: text.replaceAll('\r', '').trimEnd(), marker: named });
      }),
    );
  });

  it('ends no comment early', () => {
    const written = withMarker('', { ...marker, branch: 'pinwheel/--><b>' });
    expect(written.match(/-->/g)).toHaveLength(1);
  });

  it.each(['', 'text', '<!-- pinwheel: {"branch":"x"} -->', '<!-- pinwheel: {no} -->'])(
    'is missing in %j',
    (text) => {
      expect(readMarker(text)).toEqual({ body: text });
    },
  );

  it('counts at the end alone', () => {
    expect(readMarker(`${withMarker('a', marker)}more`).marker).toBeUndefined();
  });
});

describe('the trailer of a commit', () => {
  it('is read as it was written', () => {
    expect(contentIn(withContent('subject\n\nbody', marker.content))).toBe(marker.content);
    expect(contentIn('subject')).toBeUndefined();
  });
});
