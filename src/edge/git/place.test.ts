import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlaces } from './place.ts';
import type { Places } from './place.ts';

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pinwheel-places-'));
});
afterAll(() => rm(dir, { recursive: true }));

function placesOf(cacheDir: string): Places {
  return createPlaces({ cacheDir, deadlineMs: 10_000 });
}

/** Work in stores, and the most that was ever done at once. */
function watch() {
  let now = 0;
  let most = 0;
  return {
    most: () => most,
    work: async () => {
      most = Math.max(most, ++now);
      await pause(50);
      now -= 1;
    },
  };
}

describe('the stores of a process', () => {
  it('have one at a time in them, whichever reader asks', async () => {
    const { most, work } = watch();
    const readers = [placesOf(dir), placesOf(dir), placesOf(relative(process.cwd(), dir))];
    await Promise.all(readers.map((places) => places.at('files', '/some/nova', work)));
    expect(most()).toBe(1);
  });

  it('do not wait for one another', async () => {
    let arrived = 0;
    let open: (() => void) | undefined;
    const all = new Promise<void>((resolve) => (open = resolve));
    async function untilAll(): Promise<void> {
      if (++arrived === 3) open?.();
      await all;
    }
    const [one, other] = [placesOf(dir), placesOf(join(dir, 'other'))];
    await Promise.all([
      one.at('files', '/some/nova', untilAll),
      one.at('history', '/some/nova', untilAll),
      other.at('files', '/some/nova', untilAll),
    ]);
    expect(arrived).toBe(3);
  });

  it('are free again after work that failed', async () => {
    const fails = placesOf(dir).at('files', '/some/nova', () => Promise.reject(new Error('no')));
    const next = placesOf(dir).at('files', '/some/nova', () => Promise.resolve('here'));
    await expect(fails).rejects.toThrow('no');
    expect(await next).toBe('here');
  });
});
