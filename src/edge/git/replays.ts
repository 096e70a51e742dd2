/** Blobs that a memo promises and that no git has made here yet; made when something is to build upon them. */
export interface Replays {
  /** `run` makes some blobs out of others, which may be promised themselves. */
  promise(made: readonly string[], of: readonly string[], run: () => Promise<unknown>): void;
  /** Makes those of some blobs that are promised. */
  keep(blobs: readonly string[]): Promise<void>;
}

interface Promised {
  readonly of: readonly string[];
  readonly run: () => Promise<unknown>;
  done?: Promise<void>;
}

export function createReplays(): Replays {
  const promised = new Map<string, Promised>();
  const present = new Set<string>();
  async function make({ of, run }: Promised): Promise<void> {
    await keep(of);
    await run();
  }
  async function keep(blobs: readonly string[]): Promise<void> {
    for (const blob of blobs) {
      const replay = promised.get(blob);
      if (replay) await (replay.done ??= make(replay));
    }
  }
  return {
    promise: (made, of, run) => {
      const replay = { of, run };
      // A rename makes what it is made of, and the next patch may bring back what was before.
      for (const blob of of) if (!promised.has(blob)) present.add(blob);
      for (const blob of made) {
        if (!present.has(blob) && !promised.has(blob)) promised.set(blob, replay);
      }
    },
    keep,
  };
}
