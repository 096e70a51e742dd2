import { describe, expect, it } from 'vitest';
import { buildFor } from '../../../test/support/builds.ts';
import { isPatient, withTrouble } from './build-trouble.ts';

const minute = 60_000;
const build = buildFor(['nova/2025.2']);

/** After something went wrong at each of these minutes. */
function after(...minutes: readonly number[]): typeof build {
  return minutes.reduce((one, at) => withTrouble(one, true, at * minute), build);
}

describe('what could not be done', () => {
  it('is tried for a quarter of an hour, and then left undone', () => {
    expect(isPatient(build, 0)).toBe(true);
    expect(isPatient(after(0, 5, 10), 15 * minute)).toBe(true);
    expect(isPatient(after(0, 5, 10), 16 * minute)).toBe(false);
  });

  it('is tried anew where nobody looked for long', () => {
    expect(isPatient(after(0, 5), 60 * minute)).toBe(true);
    expect(isPatient(after(0, 5, 60, 70), 75 * minute)).toBe(true);
    expect(isPatient(after(0, 5, 60, 70), 76 * minute)).toBe(false);
  });

  it('is forgotten once all could be done', () => {
    const done = withTrouble(after(0, 5, 10), false, 11 * minute);
    expect(done).toEqual(build);
    expect(isPatient(done, 60 * minute)).toBe(true);
  });
});
