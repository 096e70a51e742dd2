/** Advisory locks of ours are pairs whose first number says that they are ours: `pinw`. */
const ours = 0x70696e77;

export const locks = {
  /** Shared by who uses a private server. */
  seat: [ours, 1],
  /** One migrates at a time. */
  migration: [ours, 2],
  /** Shared by who works on jobs. */
  worker: [ours, 3],
} as const satisfies Record<string, readonly [number, number]>;

/** First number of the locks of job keys: those of one key are taken in by one transaction at a time. */
export const keyLocks = ours + 1;

/** First number of the locks of commits: builds of one commit are written down one after the other. */
export const buildLocks = ours + 2;
