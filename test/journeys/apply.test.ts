import { cp, mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitEnvironment, runGit } from '../../sandbox/git.ts';
import type { ApplyRequest } from '../../src/journeys/apply.ts';
import { BrokenRepository, UserError, WorldError } from '../../src/core/model/failures.ts';
import { imagesRepository, runToEnd, temporaryFolder } from '../support/pinwheel.ts';
import type { Ran } from '../support/pinwheel.ts';
import {
  applyHere,
  carryPatches,
  expectPatched,
  lines,
  queue,
  source,
  unpack,
} from '../support/patched-source.ts';
import { smallRepository } from '../support/small-openstack.ts';

interface Applied {
  readonly source: string;
  readonly outcome: string;
  readonly patches: readonly {
    readonly patch: string;
    readonly verdict: string;
    readonly detail: string;
  }[];
  readonly tree: { readonly before: string; readonly after: string };
  readonly written: readonly string[];
}

/** What git itself says of some paths of a folder, as they are. */
async function treeOf(dir: string, paths: readonly string[]): Promise<string> {
  const bare = join(await temporaryFolder(), 'bare');
  await runGit(['init', '--quiet', '--bare', bare]);
  const plain = ['-c', 'core.attributesFile=/dev/null', '-c', 'core.autocrlf=false'];
  const git = ['--git-dir', bare, '--work-tree', dir, ...plain];
  await writeFile(join(bare, 'info', 'attributes'), '* -text -ident -filter\n');
  await runGit([...git, 'add', '--', ...paths.map((path) => join(dir, path))]);
  return (await runGit([...git, 'write-tree'])).trim();
}

describe('pinwheel apply', () => {
  it('applies a queue, says what it did, and has proof that git agrees with', async () => {
    const bench = await carryPatches();
    const dir = await unpack(join(await temporaryFolder(), 'nova 32.0.0'));
    const touched = ['nova/api ü.py', 'nova/dos.txt', 'nova/new/run.sh'];
    const before = await treeOf(dir, touched.slice(0, 2));
    const result = await bench.json<Applied>('apply', 'nova', '2025.2', '--source', dir);
    expect(result).toMatchObject({ component: 'nova', series: '2025.2', source: dir });
    expect(result.patches).toEqual([
      { patch: `${queue}/0001-1.patch`, verdict: 'applies', detail: 'every hunk at its line' },
      { patch: `${queue}/0002-2.patch`, verdict: 'applies', detail: 'every hunk at its line' },
    ]);
    expect(result.written).toEqual(touched);
    expect(result.tree).toEqual({ before, after: await treeOf(dir, touched) });
    await expectPatched(dir);

    const again = await bench.run('apply', 'nova', '2025.2', '--source', dir);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('was apply run before?');
    await expectPatched(dir);
  });

  it('does so in any folder, where git may skip every patch and say nothing', async () => {
    const bench = await carryPatches();
    const home = await temporaryFolder();
    await runGit(['init', '--quiet', home]);
    const inside = await unpack(join(home, 'in another repository', 'nøva'));
    const patch = join(bench.dir, queue, '0001-1.patch');
    const silent = await runToEnd('git', ['apply', patch], { env: gitEnvironment(), cwd: inside });
    expect(silent).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(join(inside, 'nova/dos.txt'), 'utf8')).toBe(source['nova/dos.txt']);

    const checkout = await unpack(join(bench.dir, 'work', 'nova'));
    await runGit(['init', '--quiet', checkout]);
    const around = await unpack(join(home, 'around'));
    await cp(bench.dir, join(around, 'images repository'), { recursive: true });
    await symlink(await unpack(join(home, 'real')), join(home, 'link'));
    const cases = [
      { repo: bench.dir, cwd: join(home, 'in another repository'), source: './nøva', dir: inside },
      { repo: '.', cwd: bench.dir, source: 'work/nova/', dir: checkout },
      { repo: 'images repository', cwd: around, source: '.', dir: around },
      { repo: bench.dir, cwd: home, source: 'link', dir: join(home, 'real') },
    ];
    for (const { dir, ...given } of cases) {
      expect(await runIn(home, given)).toMatchObject({ code: 0, stderr: '' });
      await expectPatched(dir);
    }
    expect(await readlink(join(home, 'link'))).toBe(join(home, 'real'));
  });

  it('writes nothing where one patch does not apply, and says which and why', async () => {
    const bench = await carryPatches();
    const dir = await unpack(join(await temporaryFolder(), 'nova'));
    const moved = `top\n${lines([14, 'upstream has changed this\n'])}`;
    await writeFile(join(dir, 'nova/api ü.py'), moved);
    const { code, stdout } = await bench.run('apply', 'nova', '2025.2', '--source', dir);
    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      '0001-1.patch applies with an offset: hunk 1 of nova/api ü.py 1 line down',
      '0002-2.patch does not apply: hunk 1 of nova/api ü.py, looked for at line 11',
      `nothing written to ${dir}; see whether it is the source that 2025.2 pins, and what pinwheel check --series 2025.2 --component nova says`,
      '',
    ]);
    expect(await readFile(join(dir, 'nova/api ü.py'), 'utf8')).toBe(moved);
    expect(await readFile(join(dir, 'nova/dos.txt'), 'utf8')).toBe(source['nova/dos.txt']);
  });

  it('writes through no link, whatever the source has', async () => {
    const bench = await carryPatches();
    const home = await temporaryFolder();
    const outside = await unpack(join(home, 'outside'));
    const dir = join(home, 'nova');
    await mkdir(dir);
    await symlink(join(outside, 'nova'), join(dir, 'nova'));
    const given = { repo: bench.dir, source: dir, cache: join(home, 'cache') };
    const { verdicts, written } = await applyHere(given);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['refused', 'not-reached']);
    expect(written).toEqual([]);
    expect(await readFile(join(outside, 'nova/dos.txt'), 'utf8')).toBe(source['nova/dos.txt']);
  });

  it('has nothing to do where nothing is carried', async () => {
    const bench = await imagesRepository(smallRepository, 'file:///nowhere/{component}');
    const given = ['apply', 'nova', '2025.2', '--source', bench.dir, '--json'];
    const { code, stdout } = await bench.run(...given);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      component: 'nova',
      series: '2025.2',
      source: bench.dir,
      outcome: 'no-patches',
      patches: [],
      written: [],
    });
  });

  it('takes a --source that is empty for a mistake', async () => {
    const bench = await imagesRepository(smallRepository, 'file:///nowhere/{component}');
    const { code, stderr } = await bench.run('apply', 'nova', '2025.2', '--source', '');
    expect(stderr).toMatch(/--source is empty; /);
    expect(code).toBe(2);
  });

  it.each<[string, Partial<ApplyRequest & { readonly source: string }>, RegExp]>([
    ['an unknown component', { component: 'keystne' }, /there is no component keystne/],
    ['the name of a method', { component: 'constructor' }, /there is no component constructor/],
    ['an unknown series', { series: '2025.3' }, /there is no series 2025\.3/],
    ['a folder that is not there', { source: '/none' }, /^\/none is not a folder/],
    ['a file', { source: import.meta.filename }, /is not a folder/],
  ])('takes %s for a mistake', async (_, { source: dir, ...wrong }, words) => {
    const { dir: repo } = await imagesRepository(smallRepository, '');
    const work = applyHere(
      { repo, source: dir ?? repo, cache: join(repo, 'cache') },
      { component: 'nova', series: '2025.2', ...wrong },
    );
    await expect(work).rejects.toThrow(UserError);
    await expect(work).rejects.toThrow(words);
  });

  it('does not act on a broken repository, nor on none', async () => {
    const pins = { 'releases/2025.2/source-refs.yaml': 'nova: 32.0\n' };
    const { dir: repo } = await imagesRepository({ ...smallRepository, ...pins }, '');
    const given = { repo, source: repo, cache: join(repo, 'cache') };
    await expect(applyHere(given)).rejects.toThrow(BrokenRepository);
    await expect(applyHere({ ...given, repo: join(repo, 'images') })).rejects.toThrow(UserError);
  });

  it('fails as the world does where a disk fails', async () => {
    const { dir: repo } = await carryPatches();
    const dir = await unpack(join(await temporaryFolder(), 'nova'));
    await mkdir(join(dir, '.pinwheel-write.json'));
    const work = applyHere({ repo, source: dir, cache: join(repo, 'cache') });
    await expect(work).rejects.toThrow(WorldError);
  });
});

/** Runs the command line from a folder. */
function runIn(
  home: string,
  given: { readonly repo: string; readonly cwd: string; readonly source: string },
): Promise<Ran> {
  const cli = join(import.meta.dirname, '..', '..', 'src', 'app', 'cli.ts');
  const args = ['apply', 'nova', '2025.2', '--repo', given.repo, '--source', given.source];
  const env = { ...process.env, XDG_CACHE_HOME: join(home, 'cache'), NO_COLOR: '1' };
  return runToEnd(process.execPath, [cli, ...args], { env, cwd: given.cwd });
}
