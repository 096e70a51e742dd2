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

interface Listed extends Stored {
  readonly children: readonly string[];
}

function stored(id: number, change: Partial<Listed> = {}): Listed {
  const created = `2026-10-01T00:00:${String(id % 60).padStart(2, '0')}Z`;
  return { id, digest: digest(id), tags: [], created, children: [], ...change };
}

async function ids(list: readonly Listed[], rules: Partial<Keep> = {}): Promise<readonly number[]> {
  const children = new Map(list.map((one) => [one.digest, one.children]));
  const gone = await expired(list, { ...keep, ...rules }, async (of) =>
    Promise.resolve(children.get(of) ?? []),
  );
  return gone.map(({ id }) => id);
}

describe('an image goes', () => {
  test('when its series has newer generations enough, or is gone', async () => {
    const list = [1, 2, 3].map((id) => stored(id, { tags: [`1.0-p0-2026.1-0000000${id}-r1`] }));
    const old = stored(4, { tags: ['1.0-p0-2024.1-00000004-r1', '2024.1'] });
    expect(await ids([...list, old])).toEqual([1, 4]);
  });

  test('though it has the tag of its commit, as every build has', async () => {
    const list = [1, 2, 3].map((id) =>
      stored(id, { tags: [`1.0-p0-2026.1-0000000${id}-r1`, `2026.1-g00000000000${id}`] }),
    );
    expect(await ids(list)).toEqual([1]);
  });

  test('with its platforms after it, and its signature', async () => {
    const index = stored(9, {
      tags: ['1.0-p0-2024.1-00000009-r1'],
      children: [digest(1), digest(2)],
    });
    const signature = stored(3, { tags: [`sha256-${digest(9).slice(7)}.sig`] });
    const gone = await ids([stored(1), stored(2), index, signature]);
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
  ])('for %s', async (_, change, rules) => {
    expect(await ids([stored(1, change)], rules)).toEqual([]);
  });

  test('with its platforms, its signature, and what those consist of', async () => {
    const index = stored(9, { tags: ['2026.1'], children: [digest(1)] });
    const signature = stored(3, { tags: [`sha256-${digest(9).slice(7)}`], children: [digest(4)] });
    const platforms = stored(5, { tags: [`sha256-${digest(1).slice(7)}.sig`] });
    expect(await ids([stored(1), index, signature, stored(4), platforms])).toEqual([]);
  });

  test('as all do, where nobody can say what it consists of', async () => {
    const list = [stored(1, { tags: ['2026.1'] }), stored(2)];
    const unread = expired(list, keep, async () => Promise.reject(new Error('502')));
    await expect(unread).rejects.toThrow('502');
  });

  test('whenever anything that stays consists of it', async () => {
    const tag = fc.constantFrom('2026.1', '2024.1', '1-p0-2026.1-00000000', 'x');
    const lists = fc.array(
      fc.record({ tags: fc.array(tag, { maxLength: 2 }), children: fc.array(fc.nat({ max: 20 })) }),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const all = list.map(({ tags, children }, id) =>
          stored(id, { tags, children: children.map(digest) }),
        );
        const gone = new Set(await ids(all));
        for (const one of all.filter(({ id }) => !gone.has(id))) {
          for (const child of one.children) {
            const there = all.find((other) => other.digest === child);
            expect(there !== undefined && gone.has(there.id)).toBe(false);
          }
        }
        expect(all.filter(({ id, tags }) => gone.has(id) && tags.includes('2026.1'))).toEqual([]);
      }),
    );
  });
});
