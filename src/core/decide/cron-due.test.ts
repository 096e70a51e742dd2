import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDue } from './cron-due.ts';

const minute = 60_000;
const hour = 60 * minute;

function at(iso: string): number {
  return Date.parse(iso);
}

describe('a schedule is due', () => {
  it('in the hour that has its minute, and not in the one after', () => {
    const eight = at('2026-11-22T08:00:00Z');
    expect(isDue('17 */4 * * *', eight, eight + hour)).toBe(true);
    expect(isDue('17 */4 * * *', eight + hour, eight + 2 * hour)).toBe(false);
  });

  it('at the end of a span, and not at its beginning, so that spans in a row have it once', () => {
    const noon = at('2026-11-22T12:00:00Z');
    expect(isDue('0 12 * * *', noon - hour, noon)).toBe(true);
    expect(isDue('0 12 * * *', noon, noon + hour)).toBe(false);
  });

  it('on a day of the month or on a weekday where both are named', () => {
    const sunday = at('2026-11-22T00:00:00Z');
    const day = 24 * hour;
    expect(isDue('0 5 1 * 0', sunday, sunday + day)).toBe(true);
    expect(isDue('0 5 1 * 7', sunday, sunday + day)).toBe(true);
    expect(isDue('0 5 1 * 0', sunday + day, sunday + 2 * day)).toBe(false);
    expect(isDue('0 5 1 * 1', at('2026-12-01T00:00:00Z'), at('2026-12-02T00:00:00Z'))).toBe(true);
  });

  it.each([
    ['5-10/5 * * * *', [5, 10]],
    ['50/5 * * * *', [50, 55]],
    ['1,2 * * * *', [1, 2]],
    ['*/20 * * * *', [0, 20, 40]],
  ])('at the minutes of %s', (cron, minutes) => {
    const begin = at('2026-11-22T08:00:00Z') - minute;
    const due = Array.from({ length: 60 }, (_, index) => index).filter((index) =>
      isDue(cron, begin + index * minute, begin + (index + 1) * minute),
    );
    expect(due).toEqual(minutes);
  });

  it('at the minute that the calendar of the platform names, in any year', () => {
    const moments = fc.integer({ min: 0, max: at('2400-01-01T00:00:00Z') / minute });
    fc.assert(
      fc.property(moments, (moment) => {
        const date = new Date(moment * minute);
        const [day, month, weekday] = [date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay()];
        const clock = `${date.getUTCMinutes()} ${date.getUTCHours()}`;
        const before = (moment - 1) * minute;
        expect(isDue(`${clock} ${day} ${month} *`, before, moment * minute)).toBe(true);
        expect(isDue(`${clock} * ${month} ${weekday}`, before, moment * minute)).toBe(true);
        const otherDay = (day % 28) + 1;
        expect(isDue(`${clock} ${otherDay} ${month} *`, before, moment * minute)).toBe(
          otherDay === day,
        );
      }),
    );
  });
});
