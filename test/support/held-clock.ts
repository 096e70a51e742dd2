import type { SandboxClock } from '../../sandbox/github/state/clock.ts';

/** Real time; but what is to happen later waits until it is let go, in any order. */
export interface HeldClock extends SandboxClock {
  readonly waiting: () => number;
  /** Lets go of one that waits; `pick` says which, by a number below how many there are. */
  readonly letGo: (pick: (below: number) => number) => void;
}

export function heldClock(): HeldClock {
  const held: (() => void)[] = [];
  return {
    now: () => Date.now(),
    after: (_, act) => {
      held.push(act);
      return () => {
        const at = held.indexOf(act);
        if (at >= 0) held.splice(at, 1);
      };
    },
    waiting: () => held.length,
    letGo: (pick) => {
      const [act] = held.splice(pick(held.length), 1);
      act?.();
    },
  };
}
