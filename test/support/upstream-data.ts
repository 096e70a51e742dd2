import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';

const folder = join(import.meta.dirname, '../../../shared/upstream');

/** Absolute path of the real upstream data beside the repository; `undefined` where there is none. */
export const upstreamData: string | undefined = existsSync(join(folder, 'README.md'))
  ? folder
  : undefined;

/** A `describe` for tests of the real data. `fn` gets its folder; without one it is not even called. */
export function describeWithUpstreamData(name: string, fn: (data: string) => void): void {
  describe(name, () => {
    if (upstreamData !== undefined) {
      fn(upstreamData);
      return;
    }
    it('needs the upstream data', (context) => {
      context.skip('skipped: ../shared/upstream is not there');
    });
  });
}

/**
 * PINWHEEL_CLONES: a folder with clones of the real repositories, `<folder>/nova` and so on, for those
 * who have them; tests that cannot do without say that they are skipped.
 */
export const clonesFolder: string | undefined = process.env['PINWHEEL_CLONES'];

/** The same as an upstream template. */
export const clonesTemplate: string | undefined =
  clonesFolder === undefined ? undefined : `file://${clonesFolder}/{component}`;
