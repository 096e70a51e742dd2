import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expired } from './retention.ts';
import type { Keep, Stored } from './retention.ts';

const keep: Keep = {
  series: ['2026.1'],
  pinned: [],
  generations: 2,
  before: '2026-11-15T00:00:00Z',
};

function digest(number: number): string {
  return `sha256:${String(number).padStart(64, '0')}`;
}

function stored(id: number, change: Partial<Stored> = {}): Stored {
  const created = `2026-10-01T00:00:${String(id % 60).padStart(2, '0')}Z`;
  return { id, digest: digest(id), tags: [], created, children: [], ...change };
}

function ids(list: readonly Stored[], rules: Partial<Keep> = {}): readonly number[] {
  return expired(list, { ...keep, ...rules }).map(({ id }) => id);
}

describe('an image goes', () => {
  test('when its series has newer generations enough, or is gone', () => {
    const list = [1, 2, 3].map((id) => stored(id, { tags: [`1.0-p0-2026.1-0000000${id}-r1`] }));
    const old = stored(4, { tags: ['1.0-p0-2024.1-00000004-r1', '2024.1'] });
    expect(ids([...list, old])).toEqual([1, 4]);
  });

  test('with its platforms after it, and its signature', () => {
    const index = stored(9, {
      tags: ['1.0-p0-2024.1-00000009-r1'],
      children: [digest(1), digest(2)],
    });
    const signature = stored(3, { tags: [`sha256-${digest(9).slice(7)}.sig`] });
    const gone = ids([stored(1), stored(2), index, signature]);
    expect(gone.indexOf(9)).toBeLessThan(Math.min(gone.indexOf(1), gone.indexOf(2)));
    expect(gone).toContain(3);
  });
});

describe('an image stays', () => {
  test.each([
    ['a moving tag of a living series', { tags: ['29.0.2-2026.1'] }, {}],
    ['a deployment that names its tag', { tags: ['odd'] }, { pinned: ['odd'] }],
    ['a deployment that names its digest', {}, { pinned: [digest(1)] }],
    ['a push that may still be under way', { created: '2026-11-21T00:00:00Z' }, {}],
  ])('for %s', (_, change, rules) => {
    expect(ids([stored(1, change)], rules)).toEqual([]);
  });

  test('with its platforms and its signature', () => {
    const index = stored(9, { tags: ['2026.1'], children: [digest(1)] });
    const signature = stored(3, { tags: [`sha256-${digest(9).slice(7)}`] });
    expect(ids([stored(1), index, signature])).toEqual([]);
  });

  test('whenever anything that stays consists of it', () => {
    const tag = fc.constantFrom('2026.1', '2024.1', '1-p0-2026.1-00000000', 'x');
    const lists = fc.array(
      fc.record({ tags: fc.array(tag, { maxLength: 2 }), children: fc.array(fc.nat({ max: 20 })) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(lists, (list) => {
        const all = list.map(({ tags, children }, id) =>
          stored(id, { tags, children: children.filter((child) => child !== id).map(digest) }),
        );
        const gone = new Set(expired(all, keep).map(({ id }) => id));
        for (const one of all.filter(({ id, tags }) => !gone.has(id) && tags.includes('2026.1'))) {
          for (const child of one.children) {
            const there = all.find((other) => other.digest === child);
            expect(there !== undefined && gone.has(there.id)).toBe(false);
          }
        }
      }),
    );
  });
});
