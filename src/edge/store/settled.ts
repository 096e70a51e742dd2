import type { CommandResponse } from 'pg-boss';

/** Ids of the jobs that a command of pg-boss found still to be the caller's. Its types leave them out. */
export function settledOf(response: CommandResponse): ReadonlySet<string> {
  const { settled } = response as { readonly settled?: readonly string[] };
  if (settled === undefined) throw new Error('pg-boss does not say which jobs it settled');
  return new Set(settled);
}
