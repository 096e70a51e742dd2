import { join } from 'node:path';
import { expect, it } from 'vitest';
import { surviveKills } from '../support/killed-crowd.ts';
import { temporaryFolder } from '../support/pinwheel.ts';
import { serveCrowd } from '../support/trial-crowd.ts';

it('a few processes that share a cache are killed, and leave a usable mirror and nothing else', async () => {
  const dir = await temporaryFolder();
  const all = await serveCrowd(dir);
  const trials = all.filter((_, index) => index % 10 === 0);
  const how = { processes: 3, mostMs: 1500, checked: 6, seed: 1 };
  const survival = await surviveKills({ cacheDir: join(dir, 'cache'), trials, ...how });
  expect(survival).toMatchObject({ leftAfterwards: [], wrong: [], damage: [] });
});
