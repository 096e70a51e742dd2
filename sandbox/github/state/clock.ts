/** The time of the small GitHub, and what is to happen later. */
export interface SandboxClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Acts when so many milliseconds have passed; the answer calls it off. */
  after(milliseconds: number, act: () => void): () => void;
}

/** A clock that stands still until it is told. */
export interface ManualClock extends SandboxClock {
  /** Lets time pass; what was to happen in it happens, in order. */
  advance(milliseconds: number): void;
}

export function systemClock(): SandboxClock {
  return {
    now: () => Date.now(),
    after(milliseconds, act) {
      const timer = setTimeout(act, milliseconds);
      timer.unref();
      return () => {
        clearTimeout(timer);
      };
    },
  };
}

/** `start` in milliseconds since 1970, or as an ISO date. */
export function manualClock(start: number | string): ManualClock {
  let now = typeof start === 'number' ? start : Date.parse(start);
  let waiting: readonly { readonly at: number; readonly act: () => void }[] = [];
  function next(until: number) {
    const due = waiting.filter(({ at }) => at <= until);
    return due.reduce<(typeof due)[number] | undefined>(
      (first, one) => (first === undefined || one.at < first.at ? one : first),
      undefined,
    );
  }
  return {
    now: () => now,
    after(milliseconds, act) {
      const entry = { at: now + milliseconds, act };
      waiting = [...waiting, entry];
      return () => {
        waiting = waiting.filter((one) => one !== entry);
      };
    },
    advance(milliseconds) {
      const until = now + milliseconds;
      for (let entry = next(until); entry !== undefined; entry = next(until)) {
        const due = entry;
        waiting = waiting.filter((one) => one !== due);
        now = due.at;
        due.act();
      }
      now = until;
    },
  };
}

/** As GitHub writes dates: whole seconds, UTC. */
export function isoDate(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
