import { appendFile, cp } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../scripts/command.ts';

/** A pair that belongs together: OVN 25.03 names an OVS of 3.5 as its submodule. */
const pins = [
  { component: 'ovs', ref: 'v3.5.3' },
  { component: 'ovn', ref: 'v25.03.3' },
] as const;

/** Components that this repository builds, and that no series of it pins. */
export const unpinned: readonly string[] = pins.map(({ component }) => component);

/** A copy of the images repository in which a series pins OVS and OVN as clones have them. */
export async function copyWithPins(
  repo: string,
  series: string,
  { clones, work }: Places,
): Promise<string> {
  const copy = join(work, 'repository');
  if (existsSync(copy)) return copy;
  for (const part of ['images', 'releases', 'patches', 'overrides', '.github/pinwheel.yml']) {
    await cp(join(repo, part), join(copy, part), { recursive: true });
  }
  for (const { component, ref } of pins) {
    const commit = await runCommand([
      'git',
      '-C',
      join(clones, component),
      'rev-parse',
      `${ref}^{commit}`,
    ]);
    await appendFile(
      join(copy, 'releases', series, 'source-refs.yaml'),
      `${component}: "${ref}"\n`,
    );
    const locked = [`ref: "${ref}"`, `commit: "${commit}"`, `version: "${ref.slice(1)}"`];
    const lines = [`  "${component}":`, ...locked.map((line) => `    ${line}`), ''];
    // `components` is the last key of a lock.
    await appendFile(join(copy, 'releases', series, 'source-refs.lock.yaml'), lines.join('\n'));
  }
  return copy;
}

interface Places {
  /** A folder with clones of the real repositories, `<folder>/ovs`. */
  readonly clones: string;
  readonly work: string;
}
