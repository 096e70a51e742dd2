/** What a pin resolved to when the lock was last brought up to date. */
export interface LockedComponent {
  readonly component: string;
  /** The pin's text at that time: another text in source-refs.yaml means the lock is stale. */
  readonly ref: string;
  /** 40 hex digits; the commit, never the tag object. */
  readonly commit: string;
  /** What pbr would call it: `28.0.2`, or `27.0.4.dev13` between two releases. */
  readonly version: string;
}

/** releases/<series>/source-refs.lock.yaml. */
export interface Lock {
  readonly series: string;
  readonly path: string;
  /** The images' Python, `3.12`. */
  readonly python: string;
  readonly components: ReadonlyMap<string, LockedComponent>;
  /** External base images by reference without digest, to `sha256:…`. */
  readonly baseImages: ReadonlyMap<string, string>;
}

export type LockContent = Omit<Lock, 'path'>;
