/** The only place that reads the time. */
export interface Clock {
  /** Today in UTC, `2026-11-21`. */
  today(): string;
  /** The day so many days from today. */
  daysAhead(days: number): string;
  /** Milliseconds since 1970. */
  now(): number;
}

export function systemClock(): Clock {
  return { today: () => isoDay(0), daysAhead: isoDay, now: () => Date.now() };
}

function isoDay(ahead: number): string {
  return new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
}
