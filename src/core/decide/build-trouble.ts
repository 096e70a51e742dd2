import type { Build } from '../model/build.ts';

/** How long it is tried in vain, in milliseconds; and how long nobody may have looked for that to count. */
const patience = 900_000;

/** Whether what could not be done may be done yet: no check waits for ever. */
export function isPatient({ trouble }: Pick<Build, 'trouble'>, now: number): boolean {
  return !trouble || now - trouble.latest > patience || now - trouble.since <= patience;
}

/** The build after something could not be done, or all could. */
export function withTrouble(build: Build, failed: boolean, now: number): Build {
  const { trouble, ...rest } = build;
  if (!failed) return trouble ? rest : build;
  const goesOn = trouble && now - trouble.latest <= patience;
  return { ...rest, trouble: { since: goesOn ? trouble.since : now, latest: now } };
}
