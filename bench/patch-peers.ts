import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { gitEnvironment } from '../sandbox/git.ts';
import { readPatchHeader } from '../src/core/formats/patch-header.ts';
import { lines } from './patch-data.ts';
import type { Outcome, Target } from './patch-data.ts';

/** Where peers work, and on what. */
export interface PeerSetting {
  /** URL of the repository, and of one that can be cloned in full. */
  readonly url: string;
  readonly wholeUrl: string;
  /** A full clone of it, for checkouts. */
  readonly clone: string;
  /** Folder of the patch files. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** An empty folder, in memory where there is one. */
  readonly scratch: string;
}

/** What a script would do that has no Pinwheel: a checkout, and each patch that applies. */
export interface PeerRun {
  readonly ref: string;
  readonly ms: number;
  /** Whether each patch applied. One that does not is left out. */
  readonly applied: readonly boolean[];
  readonly blobs: Outcome['blobs'];
}

export type Peer = (setting: PeerSetting, target: Target) => Promise<PeerRun>;

export function fullClone(setting: PeerSetting, target: Target): Promise<PeerRun> {
  return inCheckout(setting, target, async (dir) => {
    // For the sake of what `standIns` put there; nothing is as large as that.
    const whole = '--filter=blob:limit=1g';
    await mustGit(['clone', '--quiet', '--no-checkout', whole, setting.wholeUrl, dir]);
    await mustGit(['-C', dir, 'checkout', '--quiet', '--detach', target.commit]);
  });
}

export function shallowClone(setting: PeerSetting, target: Target): Promise<PeerRun> {
  return inCheckout(setting, target, async (dir) => {
    const name = target.ref.replace(/^refs\/(?:heads|tags)\//, '');
    await mustGit(['clone', '--quiet', '--depth=1', '--branch', name, setting.url, dir]);
  });
}

export function worktree(setting: PeerSetting, target: Target): Promise<PeerRun> {
  return inCheckout(setting, target, async (dir) => {
    const add = ['worktree', 'add', '--quiet', '--force', '--detach', dir, target.commit];
    await mustGit(['-C', setting.clone, ...add]);
  });
}

/**
 * Lets a clone be cloned that lacks a few blobs of long ago, as snapshots do whose makers left out what is
 * huge: an empty one takes the place of each.
 */
export async function standIns(clone: string): Promise<number> {
  const all = ['rev-list', '--objects', '--all', '--missing=print'];
  const missing = lines(await mustGit(['-C', clone, ...all])).filter((line) => line[0] === '?');
  for (const id of missing.map((line) => line.slice(1))) {
    await mkdir(join(clone, 'objects', id.slice(0, 2)), { recursive: true });
    const file = join(clone, 'objects', id.slice(0, 2), id.slice(2));
    await writeFile(file, deflateSync('blob 0\0'));
  }
  return missing.length;
}

async function inCheckout(
  { folder, paths, scratch }: PeerSetting,
  { ref }: Target,
  checkOut: (dir: string) => Promise<void>,
): Promise<PeerRun> {
  const dir = join(scratch, randomUUID());
  const patches = await patchFiles(folder);
  const started = performance.now();
  await checkOut(dir);
  const applied: boolean[] = [];
  for (const patch of patches) {
    const { code } = await git(['-C', dir, 'apply', '--index', patch]);
    applied.push(code === 0);
  }
  const ms = performance.now() - started;
  const blobs = await blobsIn(dir, paths);
  await rm(dir, { recursive: true });
  return { ref, ms, applied, blobs };
}

/**
 * What git itself makes of a queue in a full checkout, by the rules of the verdicts: forward, then
 * Change-Id trailers in all of the history, then 3-way.
 */
export async function judgeByGit(setting: PeerSetting, target: Target): Promise<Outcome> {
  const dir = join(setting.scratch, randomUUID());
  const add = ['worktree', 'add', '--quiet', '--force', '--detach', dir, target.commit];
  await mustGit(['-C', setting.clone, ...add]);
  const format = '--format=%(trailers:key=Change-Id,valueonly)';
  const merged = new Set(lines(await mustGit(['-C', dir, 'log', format, target.commit])));
  const words: Outcome['words'][number][] = [];
  const blocked = new Set<string>();
  for (const patch of await patchFiles(setting.folder)) {
    const touched = lines(await mustGit(['-C', dir, 'apply', '--numstat', patch]));
    const files = touched.map((line) => line.split('\t')[2] ?? '');
    const word = files.some((file) => blocked.has(file))
      ? 'not-reached'
      : await judgeOne(dir, patch, merged);
    if (word === 'conflict' || word === 'not-reached') for (const file of files) blocked.add(file);
    words.push(word);
  }
  const blobs = await blobsIn(dir, setting.paths);
  await rm(dir, { recursive: true });
  return { ref: target.ref, words, blobs };
}

async function judgeOne(
  dir: string,
  patch: string,
  merged: ReadonlySet<string>,
): Promise<Outcome['words'][number]> {
  const forward = await git(['-C', dir, 'apply', '--index', '-v', patch]);
  if (forward.code === 0) {
    return /\(offset -?\d+ lines?\)/.test(forward.stderr) ? 'applies-with-offset' : 'applies';
  }
  if (await isUpstream(patch, merged)) return 'already-upstream';
  const before = (await mustGit(['-C', dir, 'write-tree'])).trim();
  const threeWay = await git(['-C', dir, 'apply', '--3way', '--index', patch]);
  if (threeWay.code !== 0) {
    await mustGit(['-C', dir, 'read-tree', '--reset', '-u', before]);
    return 'conflict';
  }
  const after = (await mustGit(['-C', dir, 'write-tree'])).trim();
  return after === before ? 'already-upstream' : 'refreshable';
}

/** By the Change-Id alone: none of these was reverted. */
async function isUpstream(patch: string, merged: ReadonlySet<string>): Promise<boolean> {
  const { changeId } = readPatchHeader(await readFile(patch, 'utf8'));
  return changeId !== undefined && merged.has(changeId);
}

async function patchFiles(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.patch'));
  return names.sort().map((name) => join(folder, name));
}

async function blobsIn(dir: string, paths: readonly string[]): Promise<Outcome['blobs']> {
  const listed = lines(await mustGit(['-C', dir, 'ls-files', '--stage', '--', ...paths]));
  const entries = listed.map((line): readonly [string, string] => {
    const [, blob = '', path = ''] = /^\d+ ([0-9a-f]+) \d\t(.*)$/.exec(line) ?? [];
    return [path, blob];
  });
  return Object.fromEntries(entries);
}

interface GitResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function mustGit(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await git(args);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr.trim()}`);
  return stdout;
}

/** Whatever its exit code. */
export async function git(args: readonly string[]): Promise<GitResult> {
  const child = spawn('git', args, { env: gitEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    code,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}
