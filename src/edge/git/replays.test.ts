import { describe, expect, it } from 'vitest';
import { createReplays } from './replays.ts';

function recorded() {
  const replays = createReplays();
  const ran: string[] = [];
  return {
    ran,
    keep: (blobs: readonly string[]) => replays.keep(blobs),
    promise: (made: readonly string[], of: readonly string[], name: string) => {
      replays.promise(made, of, () => Promise.resolve(ran.push(name)));
    },
  };
}

describe('what a memo promises', () => {
  it('is made once, when it is needed, after what it is made of', async () => {
    const { promise, keep, ran } = recorded();
    promise(['b'], ['a'], 'first');
    promise(['c'], ['b'], 'second');
    await keep(['a']);
    expect(ran).toEqual([]);
    await keep(['c']);
    await keep(['b', 'c']);
    expect(ran).toEqual(['first', 'second']);
  });

  it('is not made of itself: a rename changes no blob, and a patch may bring an old one back', async () => {
    const { promise, keep, ran } = recorded();
    promise(['a', 'b'], ['a'], 'rename and edit');
    promise(['a'], ['b'], 'back');
    await keep(['a']);
    expect(ran).toEqual([]);
    await keep(['b']);
    expect(ran).toEqual(['rename and edit']);
  });
});
