import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGit } from '../../sandbox/git.ts';
import { novaPatches, patchedStory } from '../support/carried-patches.ts';
import type { novaCommits } from '../support/carried-patches.ts';
import { commitAll, imagesRepository } from '../support/pinwheel.ts';
import type { Bench } from '../support/pinwheel.ts';
import { serveOpenStack } from '../support/small-openstack.ts';

interface Update {
  readonly moves: readonly {
    component: string;
    series: string;
    blocked?: object;
    untried?: string;
  }[];
  readonly patches: readonly { patch: string; ref: string; verdict: string; firstTag?: string }[];
  readonly fixed?: readonly { path: string; kind: string }[];
  readonly failed: readonly { what: string }[];
  readonly written: readonly string[];
}

const pins = {
  'releases/2025.1/source-refs.yaml': 'nova: "31.1.0"\nkeystone: "27.0.0"\n',
  'releases/2025.2/source-refs.yaml': 'nova: "32.0.0"  # tag\nkeystone: "28.0.0"\n',
};
const folder = 'patches/nova/2025.2';

/** A repository in which nova moves from 32.0.0 to 32.1.0 and keystone to 28.0.1, with these patches of nova. */
async function start(
  ...names: readonly (keyof typeof novaCommits)[]
): Promise<{ bench: Bench; nova: string }> {
  const { template, dir } = await serveOpenStack(patchedStory);
  const texts = await novaPatches(dir, ...names);
  const patches = names.map((name, index) => {
    return [`${folder}/000${index + 1}-${name}.patch`, texts[name]] as const;
  });
  const bench = await imagesRepository({ ...pins, ...Object.fromEntries(patches) }, template);
  return { bench, nova: join(dir, 'nova') };
}

function verdictsOf({ patches }: Update): readonly string[] {
  return patches.map(({ patch, ref, verdict }) => {
    return `${patch.slice(patch.lastIndexOf('/') + 1)} on ${ref}: ${verdict}`;
  });
}

describe('pinwheel update with patches', () => {
  it('tries the queue of what moves on the ref that it moves to, and writes nothing', async () => {
    const { bench } = await start('fix', 'near', 'plain');
    await commitAll(bench, 'before');
    const { code, stdout, stderr } = await bench.run('update');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/nova\/2025\.2 +│ 32\.1\.0 +│ 0001-fix\.patch +│ already-upstream/);
    const update = await bench.json<Update>('update');
    expect(verdictsOf(update)).toEqual([
      '0001-fix.patch on 32.1.0: already-upstream',
      '0002-near.patch on 32.1.0: refreshable',
      '0003-plain.patch on 32.1.0: applies',
    ]);
    expect(update.patches[0]).toMatchObject({ firstTag: '32.1.0' });
    expect(update).not.toHaveProperty('fixed');
    expect(update.moves.map(({ component, blocked }) => [component, blocked])).toEqual([
      ['nova', undefined],
      ['keystone', undefined],
    ]);
    expect(await bench.git('status', '--porcelain')).toBe('');
  });

  it('writes pins, repaired patches and locks in one, and then everything fits', async () => {
    const { bench } = await start('fix', 'near', 'plain');
    await bench.run('lock');
    const before = await bench.read(`${folder}/0002-near.patch`);
    const { code, stdout } = await bench.run('update', '--write');
    expect(code).toBe(0);
    expect(stdout).toContain(`dropped ${folder}/0001-fix.patch: upstream's `);
    expect(stdout).toContain(`refreshed ${folder}/0002-near.patch`);
    expect(await bench.read('releases/2025.2/source-refs.yaml')).toContain('nova: "32.1.0"  # tag');
    await expect(bench.read(`${folder}/0001-fix.patch`)).rejects.toThrow('ENOENT');
    const after = await bench.read(`${folder}/0002-near.patch`);
    expect(after).not.toBe(before);
    expect(after.slice(0, after.indexOf('\n@@'))).toContain('Change the fifteenth');
    expect(await bench.run('lock', '--check')).toMatchObject({ code: 0 });
    const { patches } = await bench.json<Update>('check', '--component', 'nova');
    expect(patches.map(({ verdict }) => verdict)).toEqual(['applies', 'applies']);
    const again = await bench.json<Update>('update', '--write');
    expect(again).toMatchObject({ moves: [], patches: [], fixed: [], written: [] });
  });

  it('leaves a pin where it is whose patches do not fit, says why, and writes the rest', async () => {
    const { bench } = await start('fix', 'clash', 'plain');
    await bench.run('lock');
    const lock = await bench.read('releases/2025.2/source-refs.lock.yaml');
    const { code, stdout } = await bench.run('update', '--write');
    expect(code).toBe(1);
    const line = stdout.split('\n').find((one) => one.startsWith('releases/'));
    expect(line).toMatch(
      /^releases\/2025\.2\/source-refs\.yaml:1: nova stays at 32\.0\.0: patches\/nova\/2025\.2\/0002-clash\.patch conflicts on 32\.1\.0 \(hunk 1 of nova\/clash\.py.*\); make it anew on 32\.1\.0, or remove it, and run pinwheel update --write again$/,
    );
    expect(stdout).toMatch(/; 1 pin cannot move before its patches fit\n$/);
    expect(stdout).not.toContain('dropped');
    const refs = await bench.read('releases/2025.2/source-refs.yaml');
    expect(refs).toBe('nova: "32.0.0"  # tag\nkeystone: "28.0.1"\n');
    expect(await bench.read(`${folder}/0001-fix.patch`)).toContain('Fix the fifth');
    const locked = await bench.read('releases/2025.2/source-refs.lock.yaml');
    expect(novaOf(locked)).toContain('32.0.0');
    expect(novaOf(locked)).toBe(novaOf(lock));
    expect(locked).toContain('28.0.1');
    const again = await bench.json<Update>('update', '--write');
    expect(again).toMatchObject({
      moves: [
        {
          component: 'nova',
          blocked: { patch: `${folder}/0002-clash.patch`, verdict: 'conflict' },
        },
      ],
      ...{ fixed: [], written: [] },
    });
    await rm(join(bench.dir, folder, '0002-clash.patch'));
    expect(await bench.run('update', '--write')).toMatchObject({ code: 0 });
    expect(await bench.read('releases/2025.2/source-refs.yaml')).toContain('nova: "32.1.0"');
  });

  it('keeps the pin for a patch that is damaged or leaves the tree', async () => {
    const { bench } = await start('plain');
    const parts = { malformed: '@@ -1 +1 @@\n-a\n', refused: '+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n' };
    for (const [verdict, part] of Object.entries(parts)) {
      const text = `diff --git a/../x b/../x\n--- a/../x\n${part}`;
      await bench.write({ [`${folder}/0002-bad.patch`]: text });
      const { moves } = await bench.json<Update>('update', '--write');
      const blocked = { patch: `${folder}/0002-bad.patch`, verdict };
      expect(moves.find(({ component }) => component === 'nova')).toMatchObject({ blocked });
    }
    expect(await bench.read('releases/2025.2/source-refs.yaml')).toContain('nova: "32.0.0"');
  });

  it('does not move what could not be tried, and exits with 3', async () => {
    const { bench, nova } = await start('plain');
    await loseBlob(nova, '32.1.0:nova/limits.py');
    const { code, stdout } = await bench.run('update', '--write', '--json');
    expect(code).toBe(3);
    const { moves, failed } = JSON.parse(stdout) as Update;
    expect(failed.map(({ what }) => what)).toEqual(['patches of nova (2025.2)']);
    expect(moves[0]).toMatchObject({ component: 'nova', untried: expect.any(String) as string });
    const refs = await bench.read('releases/2025.2/source-refs.yaml');
    expect(refs).toBe('nova: "32.0.0"  # tag\nkeystone: "28.0.1"\n');
  });
});

/** Damages a repository: its refs and trees are as they were, and one file is gone. */
async function loseBlob(repository: string, name: string): Promise<void> {
  const blob = (await runGit(['-C', repository, 'rev-parse', name])).trim();
  const folder = join(repository, 'objects', 'pack');
  const packs = (await readdir(folder)).filter((file) => file.endsWith('.pack'));
  const bytes = await Promise.all(packs.map((pack) => readFile(join(folder, pack))));
  await rm(folder, { recursive: true });
  for (const pack of bytes) await runGit(['-C', repository, 'unpack-objects', '-q'], pack);
  await rm(join(repository, 'objects', blob.slice(0, 2), blob.slice(2)));
}

/** The lines of a lock that speak of nova. */
function novaOf(lock: string): string {
  return /^ {2}"nova":\n(?: {4}.*\n){3}/m.exec(lock)?.[0] ?? 'none';
}
