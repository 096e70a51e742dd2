import { systemClock } from '../edge/clock.ts';
import { createImagesMirror } from '../edge/git/images-mirror.ts';
import type { ImagesMirror } from '../edge/git/images-mirror.ts';
import { createGitReader } from '../edge/git/mirror.ts';
import { createNewFilesReader } from '../edge/git/new-files.ts';
import type { NewFilesReader } from '../edge/git/new-files.ts';
import { createPatchTrials } from '../edge/git/patch-trial.ts';
import type { PatchTrials } from '../edge/git/patch-trial.ts';
import type { Clock } from '../edge/clock.ts';
import { createUpstream } from '../edge/upstream/upstream.ts';
import type { Upstream } from '../edge/upstream/upstream.ts';
import { withoutLocalUpstreams } from './safe-upstream.ts';
import { defaultTemplates } from './world.ts';

/** All that journeys of the App need besides GitHub and the store. */
export interface AppWorld {
  readonly upstream: Upstream;
  readonly images: ImagesMirror;
  readonly trials: PatchTrials;
  readonly newFiles: NewFilesReader;
  readonly clock: Clock;
  /** Lets the process end: no open connection keeps it. */
  readonly close: () => void;
}

export interface AppWorldOptions {
  readonly cacheDir: string;
  /** None: the usual ones. */
  readonly templates: readonly string[];
  readonly clock?: Clock;
}

/** Longest time that one git process may take, in milliseconds. */
const deadlineMs = 60_000;

export function createAppWorld({ cacheDir, templates, clock }: AppWorldOptions): AppWorld {
  const places = { cacheDir, deadlineMs };
  const upstream = createUpstream({
    templates: templates.length > 0 ? templates : defaultTemplates,
    cacheDir,
    git: createGitReader(places),
  });
  return {
    upstream: withoutLocalUpstreams(upstream),
    images: createImagesMirror(places),
    trials: createPatchTrials(places),
    newFiles: createNewFilesReader(places),
    clock: clock ?? systemClock(),
    close: () => {
      upstream.close();
    },
  };
}
