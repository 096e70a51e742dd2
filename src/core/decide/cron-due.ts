/*
 * Five-field cron expressions in UTC, as `formats/cron.ts` admits them. Times are milliseconds since 1970.
 */

const minuteMs = 60_000;
const firsts = [0, 0, 1, 1, 0] as const;
const lasts = [59, 23, 31, 12, 7] as const;

/** True where the expression has a minute after `from`, and not after `to`. */
export function isDue(cron: string, from: number, to: number): boolean {
  const fields = cron.split(' ');
  const last = Math.floor(to / minuteMs);
  for (let minute = Math.floor(from / minuteMs) + 1; minute <= last; minute += 1) {
    if (matches(fields, minute)) return true;
  }
  return false;
}

function matches(fields: readonly string[], sinceEpoch: number): boolean {
  const days = Math.floor(sinceEpoch / 1440);
  const { month, day } = monthAndDay(days);
  // 1970 began on a Thursday.
  const weekday = (days + 4) % 7;
  const moment = [sinceEpoch % 60, Math.floor(sinceEpoch / 60) % 24, day, month, weekday];
  function has(index: number): boolean {
    return inField(fields[index] ?? '*', index, moment[index] ?? 0);
  }
  if (![0, 1, 3].every(has)) return false;
  // As cron has always done: where both say something, either will do.
  const named = [2, 4].filter((index) => fields[index]?.startsWith('*') !== true);
  return named.length === 2 ? named.some(has) : has(2) && has(4);
}

function inField(field: string, index: number, value: number): boolean {
  return field.split(',').some((item) => {
    const [range = '', step] = item.split('/');
    const [low, high] = range.split('-');
    const all = range === '*';
    const from = all ? (firsts[index] ?? 0) : Number(low);
    const open = all || (high === undefined && step !== undefined);
    const to = open ? (lasts[index] ?? 0) : Number(high ?? low);
    const values = index === 4 && value === 0 ? [0, 7] : [value];
    return values.some((one) => one >= from && one <= to && (one - from) % Number(step ?? 1) === 0);
  });
}

/** Of the civil calendar, by days since 1970; years are counted from March, so that leap days come last. */
function monthAndDay(days: number): { readonly month: number; readonly day: number } {
  const ofEra = (days + 719_468) % 146_097;
  const leaps = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const year = Math.floor((ofEra - leaps) / 365);
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  return { month: fromMarch < 10 ? fromMarch + 3 : fromMarch - 9, day };
}
