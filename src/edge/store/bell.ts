/** Wakes one sleeper. A ring while nobody sleeps is kept for the next one. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves at the next ring, or when the time is over. */
  readonly wait: (ms: number) => Promise<void>;
}

export function newBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async (ms) => {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<boolean>();
        wake = () => {
          resolve(true);
        };
        const timer = setTimeout(wake, ms);
        await promise;
        clearTimeout(timer);
        wake = undefined;
      }
      rung = false;
    },
  };
}
