import type { ImagesMirror } from '../../edge/git/images-mirror.ts';
import type { GitHubApp } from '../../edge/github/app.ts';
import type { Store } from '../../edge/store/store.ts';
import type { Upstreams } from './gather.ts';

/** What journeys about builds and commands need. */
export interface BuildWorld {
  readonly github: Pick<GitHubApp, 'repository' | 'account'>;
  readonly images: ImagesMirror;
  readonly upstream: Pick<Upstreams, 'listRefs' | 'describe'>;
  readonly store: Pick<Store, 'enqueue' | 'builds' | 'requests'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The workflow that builds, on the default branch. */
export const buildWorkflow = 'build-images.yaml';
