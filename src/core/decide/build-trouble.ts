import type { Trouble } from '../model/build.ts';

/** How long it is tried in vain, in milliseconds; and how long nobody may have looked for that to count. */
const patience = 900_000;

/** Whether what could not be done may be done yet: no check waits for ever. */
export function isPatient(trouble: Trouble | undefined, now: number): boolean {
  return !trouble || now - trouble.latest > patience || now - trouble.since <= patience;
}

/** After it could not be done once more. */
export function moreTrouble(trouble: Trouble | undefined, now: number): Trouble {
  const goesOn = trouble && now - trouble.latest <= patience;
  return { since: goesOn ? trouble.since : now, latest: now };
}
