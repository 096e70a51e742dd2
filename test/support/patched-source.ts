import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { runGit } from '../../sandbox/git.ts';
import type { AppliedQueue } from '../../src/core/model/patch-apply.ts';
import { openPatchBench } from '../../src/edge/git/patch-bench.ts';
import { openSourceTree } from '../../src/edge/worktree/source-tree.ts';
import type { SourceTree } from '../../src/edge/worktree/source-tree.ts';
import { openWorkingTree } from '../../src/edge/worktree/worktree.ts';
import { applyQueue } from '../../src/journeys/apply.ts';
import type { ApplyRequest } from '../../src/journeys/apply.ts';
import { imagesRepository, temporaryFolder } from './pinwheel.ts';
import type { Bench } from './pinwheel.ts';
import { smallRepository } from './small-openstack.ts';

export const queue = 'patches/nova/2025.2';

/** Twenty lines, some of them changed. */
export function lines(...changed: readonly (readonly [line: number, text: string])[]): string {
  const all = Array.from({ length: 20 }, (_, n) => `line ${n + 1}\n`);
  for (const [line, text] of changed) all[line - 1] = text;
  return all.join('');
}

/** A source with attributes that would change every byte, were they obeyed. */
export const source: Readonly<Record<string, string>> = {
  'nova/api ü.py': lines(),
  'nova/dos.txt': 'one\r\ntwo\r\nthree\r\n',
  'setup.cfg': '[metadata]\n',
  '.gitattributes': '* text=auto eol=crlf ident filter=shout\n',
};
/** What the patches make of some of its files. */
export const first = {
  'nova/api ü.py': lines([6, 'first\n']),
  'nova/dos.txt': 'one\r\n2\r\nthree\r\n',
};
export const second = {
  'nova/api ü.py': lines([6, 'first\n'], [14, 'second\n']),
  'nova/new/run.sh': '#!/bin/sh\n',
};

export async function layOut(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

/** Patches between states of the source, made by git: `0001-1.patch` and so on. */
async function makeQueue(
  bench: Bench,
  states: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  const work = join(await temporaryFolder(), 'work');
  await runGit(['init', '--quiet', work]);
  await layOut(work, source);
  // Attributes are for those who obey them: the patches are about the bytes.
  await writeFile(join(work, '.git', 'info', 'attributes'), '* -text -ident -filter\n');
  for (const [n, files] of [{}, ...states].entries()) {
    await layOut(work, files);
    await runGit(['-C', work, 'add', '--all']);
    if (n === 2) await runGit(['-C', work, 'update-index', '--chmod=+x', 'nova/new/run.sh']);
    await runGit(['-C', work, 'commit', '--quiet', '-m', `${n}`]);
  }
  const folder = join(bench.dir, queue);
  await runGit(['-C', work, 'format-patch', '--quiet', '-o', folder, `-${states.length}`]);
}

/** An images repository with two patches and no lock, whose upstream cannot be asked. */
export async function carryPatches(): Promise<Bench> {
  const bench = await imagesRepository(smallRepository, 'file:///nowhere/{component}');
  await makeQueue(bench, [first, second]);
  return bench;
}

/** Lays the source out, without a git. */
export async function unpack(dir: string): Promise<string> {
  await layOut(dir, source);
  return dir;
}

/** That both patches are in it, and nothing else has changed. */
export async function expectPatched(dir: string): Promise<void> {
  expect(await readFile(join(dir, 'nova/api ü.py'), 'utf8')).toBe(second['nova/api ü.py']);
  expect(await readFile(join(dir, 'nova/dos.txt'), 'utf8')).toBe(first['nova/dos.txt']);
  expect(await readFile(join(dir, 'setup.cfg'), 'utf8')).toBe(source['setup.cfg']);
}

const nova: ApplyRequest = { component: 'nova', series: '2025.2' };

/** Applies a queue to a folder, without a process for it. */
export function applyHere(
  { source, ...given }: { readonly repo: string; readonly source: string; readonly cache: string },
  request = nova,
): Promise<AppliedQueue> {
  return applyTo(openSourceTree(source), given, request);
}

/** The same, for a source that has something about it. */
export function applyTo(
  tree: SourceTree,
  { repo, cache }: { readonly repo: string; readonly cache: string },
  request = nova,
): Promise<AppliedQueue> {
  return applyQueue(
    {
      workingTree: openWorkingTree(repo),
      source: tree,
      openBench: () => openPatchBench({ cacheDir: cache, deadlineMs: 20_000 }),
    },
    request,
  );
}
