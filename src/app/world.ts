import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../edge/clock.ts';
import type { Clock } from '../edge/clock.ts';
import type { PatchBench } from '../edge/git/patch-bench.ts';
import type { PatchTrials } from '../edge/git/patch-trial.ts';
import type { ImagesRepository } from '../edge/git/repository.ts';
import type { GitReader } from '../edge/upstream/git-reader.ts';
import { createUpstream } from '../edge/upstream/upstream.ts';
import type { Upstream } from '../edge/upstream/upstream.ts';
import { openSourceTree } from '../edge/worktree/source-tree.ts';
import type { SourceTree } from '../edge/worktree/source-tree.ts';
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
  readonly trials: PatchTrials;
  /** The folder of a source, from the current folder. */
  readonly openSource: (dir: string) => SourceTree;
  readonly openBench: () => Promise<PatchBench>;
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
    git: lateGitReader(cacheDir),
    onProgress: progress.report,
  });
  return {
    upstream,
    workingTree: openWorkingTree(dir),
    repository: {
      snapshotAt: async (revision) => {
        const { openImagesRepository } = await import('../edge/git/repository.ts');
        return openImagesRepository(dir).snapshotAt(revision);
      },
    },
    trials: lateTrials(cacheDir),
    openSource: (source) => openSourceTree(resolve(source)),
    openBench: async () => {
      const { openPatchBench } = await import('../edge/git/patch-bench.ts');
      return openPatchBench({ cacheDir, deadlineMs });
    },
    clock: systemClock(),
    notice: progress.notice,
    close: () => {
      progress.clear();
      upstream.close();
    },
  };
}

/** Loaded by the first patch: most commands try none. */
function lateTrials(cacheDir: string): PatchTrials {
  let loaded: Promise<PatchTrials> | undefined;
  async function load(): Promise<PatchTrials> {
    const { createPatchTrials } = await import('../edge/git/patch-trial.ts');
    return createPatchTrials({ cacheDir, deadlineMs });
  }
  return {
    open: async (target) => {
      loaded ??= load();
      return (await loaded).open(target);
    },
    origins: async (request) => {
      loaded ??= load();
      return (await loaded).origins(request);
    },
  };
}

/** Loaded by the first question: HTTP and the cache answer all that most runs ask. */
function lateGitReader(cacheDir: string): GitReader {
  let loaded: Promise<GitReader> | undefined;
  async function load(): Promise<GitReader> {
    const { createGitReader } = await import('../edge/git/mirror.ts');
    return createGitReader({ cacheDir, deadlineMs });
  }
  function reader(): Promise<GitReader> {
    loaded ??= load();
    return loaded;
  }
  return {
    listRefs: async (...asked) => (await reader()).listRefs(...asked),
    readFiles: async (request) => (await reader()).readFiles(request),
    readFileHistory: async (request) => (await reader()).readFileHistory(request),
    readTagMessages: async (...asked) => (await reader()).readTagMessages(...asked),
    reachableTags: async (request) => (await reader()).reachableTags(request),
    describe: async (request) => (await reader()).describe(request),
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
