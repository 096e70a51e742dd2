/** A clock that can be put forward. */
export interface TestClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pass: (milliseconds: number) => void;
}

export function testClock(): TestClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    pass: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}
