import { join } from 'node:path';
import { formatQueue } from '../../sandbox/carried.ts';
import type { NewCommit } from '../../sandbox/fast-import.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { temporaryFolder } from './pinwheel.ts';

/** Forty lines; those that are named are something else. */
export function fortyLines(changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: 40 }, (_, n) => `${changed[n] ?? `line ${n}`}\n`).join('');
}

export function changeId(digit: string): string {
  return `Change-Id: I${digit.repeat(40)}`;
}

/** Commits on top of a ref as git writes them for a queue, each on the one before; the repository stays as it is. */
export async function formatPatches(
  repository: string,
  base: string,
  commits: readonly NewCommit[],
): Promise<readonly string[]> {
  const scratch = await temporaryFolder();
  return [...(await formatQueue({ repository, base, commits, scratch })).values()];
}

/**
 * One service in two series. From 32.0.0 to 32.1.0 a fix is merged in limits.py (line 5, with the
 * Change-Id of fives), the neighbourhood of line 15 changes, and line 30 of clash.py, a file that 2025.1
 * does not have.
 */
export const patchedStory: OpenStackStory = {
  series: [
    { id: '2025.1', name: 'epoxy', status: 'maintained', initialRelease: '2025-04-02' },
    { id: '2025.2', name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' },
  ],
  components: [
    {
      name: 'nova',
      files: { 'nova/limits.py': fortyLines() },
      lines: {
        '2025.1': ['31.0.0', '31.1.0'],
        '2025.2': [
          {
            version: '32.0.0',
            commits: [{ message: 'Add more\n', files: { 'nova/clash.py': fortyLines() } }],
          },
          {
            version: '32.1.0',
            commits: [
              {
                message: `Fix the fifth\n\n${changeId('5')}\n`,
                files: { 'nova/limits.py': fortyLines({ 5: 'fixed upstream' }) },
              },
              {
                message: 'Change more\n',
                files: {
                  'nova/limits.py': fortyLines({ 5: 'fixed upstream', 17: 'seventeen' }),
                  'nova/clash.py': fortyLines({ 30: 'theirs' }),
                },
              },
            ],
          },
        ],
      },
    },
    {
      name: 'keystone',
      lines: { '2025.1': ['27.0.0'], '2025.2': ['28.0.0', '28.0.1'] },
    },
  ],
};

/** What one may carry of nova, made on 32.0.0. */
export const novaCommits = {
  /** On 32.1.0: already upstream. */
  fix: {
    message: `Fix the fifth\n\n${changeId('5')}\n`,
    files: { 'nova/limits.py': fortyLines({ 5: 'fixed' }) },
  },
  /** On 32.1.0: refreshable. */
  near: {
    message: `Change the fifteenth\n\n${changeId('1')}\n`,
    files: { 'nova/limits.py': fortyLines({ 15: 'ours' }) },
  },
  /** On 32.1.0 a conflict, and in 2025.1 too, for want of the file. */
  clash: {
    message: `Change the thirtieth\n\n${changeId('3')}\n`,
    files: { 'nova/clash.py': fortyLines({ 30: 'ours' }) },
  },
  /** Applies everywhere. */
  plain: {
    message: `Change the last\n\n${changeId('9')}\n`,
    files: { 'nova/limits.py': fortyLines({ 39: 'ours' }) },
  },
} satisfies Readonly<Record<string, NewCommit>>;

/** Patches of nova by name, each made on 32.0.0 itself. */
export async function novaPatches<Name extends keyof typeof novaCommits>(
  upstreams: string,
  ...names: readonly Name[]
): Promise<Readonly<Record<Name, string>>> {
  const made = await Promise.all(
    names.map(async (name) => {
      const [text = ''] = await formatPatches(join(upstreams, 'nova'), '32.0.0', [
        novaCommits[name],
      ]);
      return [name, text] as const;
    }),
  );
  return Object.fromEntries(made) as Record<Name, string>;
}
