import { join } from 'node:path';
import { expect, it } from 'vitest';
import { surviveKills } from '../support/killed-crowd.ts';
import { temporaryFolder } from '../support/pinwheel.ts';
import { serveCrowd } from '../support/trial-crowd.ts';

it.each([1, 2, 3])(
  '200 trials in eight processes are killed at any moment, and leave a usable mirror and nothing else: %i',
  { timeout: 300_000 },
  async (seed) => {
    const dir = await temporaryFolder();
    const trials = await serveCrowd(dir);
    expect(trials).toHaveLength(200);
    const cacheDir = join(dir, 'cache');
    const how = { processes: 8, mostMs: 8000, checked: 60, seed };
    const { killed, left, ...after } = await surviveKills({ cacheDir, trials, ...how });
    console.log(`seed ${seed}: ${killed} of 8 killed, ${left.length} temporary files left`);
    // Else the kills came too late to prove anything.
    expect(killed).toBeGreaterThan(2);
    expect(left).not.toEqual([]);
    expect(after).toEqual({ leftAfterwards: [], wrong: [], damage: [] });
  },
);
