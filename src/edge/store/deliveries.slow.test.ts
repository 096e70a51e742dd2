import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, test } from 'vitest';
import { useStore } from '../../../test/support/store.ts';

const used = useStore();

function accept(): Promise<string> {
  return used.store.acceptDelivery({
    guid: randomUUID(),
    event: 'push',
    body: Buffer.of(),
    receivedAt: Date.now(),
  });
}

test('a store that does not answer is given up in time for GitHub, and works again afterwards', async () => {
  const other = new pg.Client(used.url);
  await other.connect();
  await other.query('begin; lock table pinwheel.deliveries in access exclusive mode');
  const begin = Date.now();
  const answers = await Promise.allSettled(Array.from({ length: 30 }, accept));
  expect(Date.now() - begin).toBeLessThan(8000);
  for (const answer of answers)
    expect(answer).toMatchObject({ status: 'rejected', reason: { name: 'WorldError' } });
  await other.query('rollback');
  await other.end();
  expect(await accept()).toBe('new');
});
