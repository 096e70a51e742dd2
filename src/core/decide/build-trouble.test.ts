import { describe, expect, it } from 'vitest';
import type { Trouble } from '../model/build.ts';
import { isPatient, moreTrouble } from './build-trouble.ts';

const minute = 60_000;

/** After something went wrong at each of these minutes. */
function after(...minutes: readonly number[]): Trouble | undefined {
  return minutes.reduce<Trouble | undefined>((one, at) => moreTrouble(one, at * minute), undefined);
}

describe('what could not be done', () => {
  it('is tried for a quarter of an hour, and then left undone', () => {
    expect(isPatient(after(), 0)).toBe(true);
    expect(isPatient(after(0, 5, 10), 15 * minute)).toBe(true);
    expect(isPatient(after(0, 5, 10), 16 * minute)).toBe(false);
  });

  it('is tried anew where nobody looked for long', () => {
    expect(isPatient(after(0, 5), 60 * minute)).toBe(true);
    expect(isPatient(after(0, 5, 60, 70), 75 * minute)).toBe(true);
    expect(isPatient(after(0, 5, 60, 70), 76 * minute)).toBe(false);
  });
});
