import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inBatches } from './batches.ts';
import type { BatchOptions } from './batches.ts';

/** Doubles numbers; refuses 13 with whatever comes along; writes down its batches. */
function doubler(change: Partial<BatchOptions<number, number>> = {}) {
  const batches: (readonly number[])[] = [];
  const { add, idle } = inBatches<number, number>({
    most: 5,
    bytesOf: () => 1,
    mostBytes: 100,
    mostWaitingBytes: 1000,
    run: async (items) => {
      batches.push(items);
      await sleep(1);
      if (items.includes(13)) throw new Error('13');
      return items.map((item) => item * 2);
    },
    ...change,
  });
  return { add, idle, batches };
}

test('everyone gets an answer of their own, in few batches, and bad luck is nobody else’s', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 }),
      async (items) => {
        const { add, idle, batches } = doubler();
        const answers = await Promise.allSettled(items.map(add));
        await idle();
        for (const [at, answer] of answers.entries()) {
          if (items[at] === 13) expect(answer.status).toBe('rejected');
          else expect(answer).toEqual({ status: 'fulfilled', value: items[at]! * 2 });
        }
        for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(5);
        if (!items.includes(13)) expect(batches.length).toBe(Math.ceil(items.length / 5));
      },
    ),
    { numRuns: 50 },
  );
});

test('what comes while a batch is under way shares the next one', async () => {
  const { add, batches } = doubler();
  const first = add(1);
  await sleep(0);
  await Promise.all([first, add(2), add(3)]);
  expect(batches).toEqual([[1], [2, 3]]);
});

test('a batch holds so many bytes, and what is larger goes alone', async () => {
  const { add, batches } = doubler({ bytesOf: (item) => item, mostBytes: 10 });
  await Promise.all([4, 5, 6, 50, 1].map(add));
  expect(batches).toEqual([[4, 5], [6], [50], [1]]);
});

test('who comes when too much waits is sent away, and may come again', async () => {
  const { add } = doubler({ bytesOf: (item) => item, mostWaitingBytes: 10 });
  const large = add(50);
  await expect(add(1)).rejects.toThrow('the store is behind');
  expect(await large).toBe(100);
  expect(await add(1)).toBe(2);
});

test('a database that is away is no reason to ask for each item by itself', async () => {
  let asked = 0;
  const { add } = doubler({
    run: () => {
      asked += 1;
      return Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    },
  });
  await Promise.allSettled([1, 2, 3].map(add));
  expect(asked).toBe(1);
});
