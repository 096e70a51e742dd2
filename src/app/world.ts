import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../edge/clock.ts';
import type { Clock } from '../edge/clock.ts';
import { createGitReader } from '../edge/git/mirror.ts';
import { openImagesRepository } from '../edge/git/repository.ts';
import type { ImagesRepository } from '../edge/git/repository.ts';
import { createUpstream } from '../edge/upstream/upstream.ts';
import type { Upstream } from '../edge/upstream/upstream.ts';
import { openWorkingTree } from '../edge/worktree/worktree.ts';
import type { WorkingTree } from '../edge/worktree/worktree.ts';
import { createProgress } from './progress.ts';

/** Where upstream repositories are looked for, in this order. */
export const defaultTemplates: readonly string[] = [
  'https://opendev.org/openstack/{component}',
  'https://github.com/openstack/{component}',
];

/** Everything outside, wired once: the only place that knows which edge needs which. */
export interface World {
  readonly upstream: Upstream;
  readonly workingTree: WorkingTree;
  readonly repository: ImagesRepository;
  readonly clock: Clock;
  readonly notice: (line: string) => void;
  /** Lets the process end: no open connection keeps it. */
  readonly close: () => void;
}

export interface WorldOptions {
  /** The images repository's folder. */
  readonly repo: string;
  readonly templates: readonly string[];
}

/** Longest time that one upstream repository may take, in milliseconds. */
const deadlineMs = 60_000;

export function createWorld({ repo, templates }: WorldOptions): World {
  const dir = resolve(repo);
  const progress = createProgress(process.stderr);
  const cacheDir = usableCache(progress.notice);
  const upstream = createUpstream({
    templates: templates.length > 0 ? templates : defaultTemplates,
    cacheDir,
    git: createGitReader({ cacheDir, deadlineMs }),
    onProgress: progress.report,
  });
  return {
    upstream,
    workingTree: openWorkingTree(dir),
    repository: openImagesRepository(dir),
    clock: systemClock(),
    notice: progress.notice,
    close: () => {
      progress.clear();
      upstream.close();
    },
  };
}

/** The cache, or where it cannot be written a folder that this process alone uses. */
function usableCache(notice: (line: string) => void): string {
  const folder = cacheFolder();
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch {
    const own = mkdtempSync(join(tmpdir(), 'pinwheel-cache-'));
    process.once('exit', () => {
      rmSync(own, { recursive: true, force: true });
    });
    notice(`${folder} cannot be written, so nothing is remembered; pinwheel doctor says more`);
    return own;
  }
}

/** The XDG cache: losing it costs a few requests and nothing else. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'pinwheel');
}
