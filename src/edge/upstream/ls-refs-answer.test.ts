import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpFailure } from './http-failure.ts';
import { readCapabilities, readRefs } from './ls-refs-answer.ts';
import { encodeLine, flushPacket } from './pkt-line.ts';

const a = 'a'.repeat(40);
const b = 'b'.repeat(40);

function answer(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => encodeLine(`${line}\n`)).join('') + flushPacket);
}

describe('a list of refs', () => {
  it('gives the commit behind an annotated tag, and the id of the tag object', () => {
    const body = answer(`${a} refs/tags/32.0.0 peeled:${b}`, `${a} refs/tags/light`);
    expect([...readRefs(body, ['refs/tags/']).tags]).toEqual([
      ['32.0.0', { object: a, commit: b }],
      ['light', { object: a, commit: a }],
    ]);
  });

  it('is limited to what was asked for, whatever the server sends', () => {
    const body = answer(
      'unborn HEAD symref-target:refs/heads/main',
      `${a} HEAD symref-target:refs/heads/main`,
      `${a} refs/heads/stable/2025.2`,
      `${a} refs/heads/stable/2025.1`,
      `${a} refs/pull/1/head`,
    );
    const { heads, tags } = readRefs(body, ['refs/heads/stable/2025.2', 'refs/pull/']);
    expect([...heads]).toEqual([['stable/2025.2', a]]);
    expect(tags.size).toBe(0);
  });

  it('leaves out names that git could not be given', () => {
    const names = ['../up', 'a..b', 'a~1', 'x.lock', 'a/.b', 'a//b', 'a\u0007', 'end/', 'c^'];
    const body = answer(...names.map((name) => `${a} refs/heads/${name}`));
    expect(readRefs(body, ['refs/heads/']).heads.size).toBe(0);
  });

  it('keeps prototype names apart from prototypes', () => {
    const body = answer(`${a} refs/heads/__proto__`, `${a} refs/heads/constructor`);
    expect([...readRefs(body, ['refs/heads/']).heads.keys()]).toEqual(['__proto__', 'constructor']);
  });

  it.each([
    [Buffer.from(''), 'sent a list of refs that is cut short'],
    [answer(`${a} refs/heads/x`).subarray(0, -4), 'sent a list of refs that is cut short'],
    [answer(`${a} refs/heads/x`).subarray(0, -9), 'the packet at byte 0 is cut short'],
    [answer('ERR access denied\u001b[31m'), 'refused: access denied [31m'],
    [answer('deadbeef refs/heads/x'), 'sent a damaged list of refs: deadbeef refs/heads/x'],
    [answer(`${a}${a} refs/heads/x`), 'sent a damaged list of refs'],
  ])('says what is wrong with itself (%#)', (body, why) => {
    expect(() => readRefs(body, ['refs/heads/'])).toThrow(why);
  });

  it('fails in one way only, whatever the bytes', () => {
    const line = fc.string({ minLength: 1 }).map(encodeLine);
    const bytes = fc.oneof(
      fc.uint8Array().map((each) => Buffer.from(each)),
      fc.array(line).map((lines) => Buffer.from(lines.join('') + flushPacket)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        readCapabilities(body);
        try {
          readRefs(body, ['refs/']);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpFailure);
        }
      }),
    );
  });
});

describe('capabilities', () => {
  it.each([
    ['git', answer('version 2', 'agent=git/2.39.5', 'ls-refs=unborn', 'object-format=sha1'), 'v2'],
    [
      'GitHub, which announces the service as of old',
      Buffer.from(
        `001e# service=git-upload-pack\n0000${answer('version 2', 'ls-refs').toString()}`,
      ),
      'v2',
    ],
    ['a server without ls-refs', answer('version 2', 'fetch'), 'older'],
    ['a SHA-256 repository', answer('version 2', 'ls-refs', 'object-format=sha256'), 'older'],
    ['version 1', answer('version 1', `${a} HEAD`), 'older'],
    ['nothing', Buffer.from(''), 'older'],
  ])('of %s', (_name, body, expected) => {
    expect(readCapabilities(body)).toBe(expected);
  });
});
