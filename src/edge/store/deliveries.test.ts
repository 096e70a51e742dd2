import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { useStore } from '../../../test/support/store.ts';
import type { Delivery } from './deliveries.ts';

const used = useStore();

function delivery(change: Partial<Delivery> = {}): Delivery {
  return {
    guid: randomUUID(),
    event: 'push',
    body: Buffer.from('{}'),
    receivedAt: 1_700_000_000_123,
    ...change,
  };
}

async function jobsOf(guid: string): Promise<number> {
  const [row] = await used.sql<{ count: number }>(
    `select count(*)::int as count from pinwheel_jobs.job where data->'request'->>'delivery' = $1`,
    guid,
  );
  return row!.count;
}

describe('a delivery', () => {
  test('is read back byte for byte, with all that is known of it', async () => {
    const full = delivery({
      action: 'opened',
      installation: 4_000_000_000,
      repository: 'some/images',
      body: randomBytes(100_000),
    });
    expect(await used.store.acceptDelivery(full)).toBe('new');
    expect(await used.store.readDelivery(full.guid)).toEqual(full);
    const bare = delivery({ body: Buffer.of() });
    await used.store.acceptDelivery(bare);
    expect(await used.store.readDelivery(bare.guid)).toEqual(bare);
  });

  test('comes with one job, however often and however fast it comes again', async () => {
    const guids = Array.from({ length: 40 }, () => randomUUID());
    const answers = await Promise.all(
      [...guids, ...guids, ...guids].map(async (guid) => ({
        guid,
        answer: await used.store.acceptDelivery(delivery({ guid })),
      })),
    );
    for (const guid of guids) {
      const fresh = answers.filter((one) => one.guid === guid && one.answer === 'new');
      expect(fresh).toHaveLength(1);
      expect(await jobsOf(guid)).toBe(1);
    }
    expect(await used.store.acceptDelivery(delivery({ guid: guids[0]! }))).toBe('known');
  });

  test('of 24 MB goes through like any other', async () => {
    const large = delivery({ body: randomBytes(24_000_000) });
    const small = delivery();
    const answers = await Promise.all([large, small].map((one) => used.store.acceptDelivery(one)));
    expect(answers).toEqual(['new', 'new']);
    const found = await used.store.readDelivery(large.guid);
    expect(Buffer.compare(found!.body, large.body)).toBe(0);
  });

  test('with NUL and endless words in it is stored all the same', async () => {
    const odd = delivery({ action: 'a\0b', repository: 'x'.repeat(10_000), event: '\0' });
    expect(await used.store.acceptDelivery(odd)).toBe('new');
    const found = await used.store.readDelivery(odd.guid);
    expect(found).toMatchObject({ action: 'ab', event: '', repository: 'x'.repeat(500) });
  });

  test.each(['', 'a b', 'ü', 'x'.repeat(201), 'a\0'])(
    'with the id %j is refused by itself, and not its neighbours',
    async (guid) => {
      const neighbour = used.store.acceptDelivery(delivery());
      await expect(used.store.acceptDelivery(delivery({ guid }))).rejects.toThrow(
        'the delivery has no usable id',
      );
      expect(await neighbour).toBe('new');
    },
  );

  test('that PostgreSQL refuses does not take the others of its batch with it', async () => {
    const bad = delivery({ installation: 2 ** 70 });
    const good = [delivery(), delivery()];
    const answers = await Promise.allSettled(
      [good[0]!, bad, good[1]!].map((one) => used.store.acceptDelivery(one)),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({
      reason: {
        name: 'WorldError',
        message: expect.stringMatching(/^the store cannot store a delivery: [^\n]+$/) as string,
      },
    });
    expect(await used.store.readDelivery(bad.guid)).toBeUndefined();
  });

  test('without room for its job is not stored either', async () => {
    const one = delivery();
    await used.sql('alter schema pinwheel_jobs rename to away');
    await expect(used.store.acceptDelivery(one)).rejects.toThrow(
      'the store cannot store a delivery',
    );
    await used.sql('alter schema away rename to pinwheel_jobs');
    expect(await used.store.readDelivery(one.guid)).toBeUndefined();
    expect(await used.store.acceptDelivery(one)).toBe('new');
  });
});

test('known deliveries are told from those that were missed', async () => {
  const stored = delivery();
  await used.store.acceptDelivery(stored);
  const missed = randomUUID();
  expect(await used.store.knownDeliveries([stored.guid, missed])).toEqual(new Set([stored.guid]));
  expect(await used.store.knownDeliveries([])).toEqual(new Set());
});

test('an unknown delivery is none', async () => {
  expect(await used.store.readDelivery('nobody-knows')).toBeUndefined();
});

test('many deliveries share few transactions', async () => {
  await Promise.all(Array.from({ length: 500 }, () => used.store.acceptDelivery(delivery())));
  const [row] = await used.sql<{ count: number }>(
    'select count(distinct xmin::text)::int as count from pinwheel.deliveries',
  );
  expect(row!.count).toBeLessThan(20);
});
