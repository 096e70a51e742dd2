import { homedir } from 'node:os';
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
  const cacheDir = cacheFolder();
  const progress = createProgress(process.stderr);
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

/** The XDG cache: losing it costs a few requests and nothing else. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'pinwheel');
}
