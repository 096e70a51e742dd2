import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changeId,
  formatPatches,
  fortyLines,
  novaCommits,
  novaPatches,
  patchedStory,
} from '../support/carried-patches.ts';
import { commitAll, imagesRepository } from '../support/pinwheel.ts';
import type { Bench } from '../support/pinwheel.ts';
import { serveOpenStack } from '../support/small-openstack.ts';

interface Checked {
  readonly patches: readonly { readonly patch: string; readonly verdict: string }[];
  readonly findings: readonly { readonly code: string; readonly remedy: string }[];
  readonly fixed: readonly object[];
}

const folder = 'patches/nova/2025.2';
const pins = {
  'images/nova/Dockerfile': 'FROM scratch\n',
  'releases/2025.1/source-refs.yaml': 'nova: "31.1.0"\nkeystone: "27.0.0"\n',
  'releases/2025.2/source-refs.yaml': 'nova: "32.1.0"\nkeystone: "28.0.1"\n',
};

/** Three patches that were made one on the other on 32.0.0, where 32.1.0 has the first of them. */
const stack = [
  novaCommits.fix,
  { ...novaCommits.near, files: { 'nova/limits.py': fortyLines({ 5: 'fixed', 15: 'ours' }) } },
  {
    message: `Change the last\n\n${changeId('9')}\n`,
    files: { 'nova/limits.py': fortyLines({ 5: 'fixed', 15: 'ours', 39: 'ours' }) },
  },
];

async function start(
  carried: (dir: string) => Promise<Readonly<Record<string, string>>>,
  files: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const { template, dir } = await serveOpenStack(patchedStory);
  const bench = await imagesRepository({ ...pins, ...(await carried(dir)), ...files }, template);
  await commitAll(bench, 'as it is');
  return bench;
}

async function stacked(dir: string): Promise<Readonly<Record<string, string>>> {
  const made = await formatPatches(join(dir, 'nova'), '32.0.0', stack);
  const names = ['0001-fix.patch', '0002-near.patch', '0003-last.patch'];
  return Object.fromEntries(names.map((name, index) => [`${folder}/${name}`, made[index] ?? '']));
}

const fix = ['check', '--component', 'nova', '--fix'] as const;

describe('pinwheel check --fix', () => {
  it('drops, refreshes and makes anew, and then tells how things are', async () => {
    const bench = await start(stacked);
    const before = await bench.json<Checked>('check', '--component', 'nova');
    expect(before.patches.map(({ verdict }) => verdict)).toEqual([
      'already-upstream',
      'refreshable',
      'applies',
    ]);
    for (const { remedy } of before.findings) expect(remedy).toContain('run pinwheel check --fix');
    const { code, stdout, stderr } = await bench.run(...fix);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n\nPatches\n')[0]).toMatchInlineSnapshot(`
      "dropped patches/nova/2025.2/0001-fix.patch: upstream's c2213d34, first in 32.1.0, has its Change-Id
      refreshed patches/nova/2025.2/0002-near.patch: it did not apply as it was
          @@ nova/limits.py
           -line 15
           +ours
            line 16
          - line 17
          + seventeen
            line 18
      refreshed patches/nova/2025.2/0003-last.patch: it stands on what was refreshed or dropped
          only line numbers and blob ids are new"
    `);
    expect(stdout).toMatch(/fine(?:, with \d+ notes?)?\n$/);
    expect(await bench.git('status', '--porcelain')).toBe(
      ` D ${folder}/0001-fix.patch\n M ${folder}/0002-near.patch\n M ${folder}/0003-last.patch\n`,
    );
  });

  it('gives the same as JSON, and writes nothing when it is run again', async () => {
    const bench = await start(stacked);
    const { patches, fixed, findings } = await bench.json<Checked>(...fix);
    expect(patches.map(({ patch, verdict }) => [patch, verdict])).toEqual([
      [`${folder}/0002-near.patch`, 'applies'],
      [`${folder}/0003-last.patch`, 'applies'],
    ]);
    expect(findings).toEqual([]);
    const commit = expect.stringMatching(/^[0-9a-f]{40}$/) as string;
    const interdiff = expect.stringContaining('\n+ seventeen\n') as string;
    expect(fixed).toEqual([
      {
        path: `${folder}/0001-fix.patch`,
        kind: 'drop',
        by: 'change-id',
        upstreamCommit: commit,
        firstTag: '32.1.0',
      },
      { path: `${folder}/0002-near.patch`, kind: 'refresh', because: 'does-not-apply', interdiff },
      {
        path: `${folder}/0003-last.patch`,
        kind: 'refresh',
        because: 'stands-on-repaired',
        interdiff: '',
      },
    ]);
    const status = await bench.git('status', '--porcelain');
    expect((await bench.json<Checked>(...fix)).fixed).toEqual([]);
    expect(await bench.git('status', '--porcelain')).toBe(status);
  });

  it('keeps to the series and the component that it was asked for', async () => {
    const bench = await start(stacked);
    for (const scope of [
      ['--component', 'keystone'],
      ['--series', '2025.1'],
    ]) {
      expect((await bench.json<Checked>('check', ...scope, '--fix')).fixed).toEqual([]);
    }
    expect(await bench.git('status', '--porcelain')).toBe('');
  });

  it('leaves no empty folder, and leaves alone what conflicts', async () => {
    const bench = await start(async (dir) => {
      const { fix: dropped, clash } = await novaPatches(dir, 'fix', 'clash');
      return {
        [`${folder}/0001-fix.patch`]: dropped,
        'patches/nova/2025.1/0001-clash.patch': clash,
      };
    });
    const { code, stdout } = await bench.run('check', '--fix');
    expect(code).toBe(1);
    expect(stdout).toContain(`dropped ${folder}/0001-fix.patch: upstream's `);
    expect(stdout).toContain('[patch-conflict]');
    expect(existsSync(join(bench.dir, folder))).toBe(false);
    expect(await bench.git('status', '--porcelain')).toBe(` D ${folder}/0001-fix.patch\n`);
  });

  it('writes nothing in a repository with a broken file', async () => {
    const bench = await start(stacked, { 'overrides/2025.2/constraints.txt': '>>> no\n' });
    expect(await bench.run('check', '--fix')).toMatchObject({ code: 2 });
    const { fixed } = await bench.json<Checked>('check', '--fix');
    expect(fixed).toEqual([]);
    expect(await bench.git('status', '--porcelain')).toBe('');
  });

  it('does not refresh a file of several commits, and says what to do about it', async () => {
    const bench = await start(async (dir) => {
      const { near, plain } = await novaPatches(dir, 'near', 'plain');
      return { [`${folder}/0001-both.patch`]: near + plain };
    });
    const { fixed, patches, findings } = await bench.json<Checked>(...fix);
    expect(fixed).toEqual([]);
    expect(patches).toMatchObject([{ verdict: 'refreshable' }]);
    expect(findings).toMatchObject([
      { code: 'patch-refreshable', remedy: expect.stringMatching(/^split it/) as string },
    ]);
  });
});
