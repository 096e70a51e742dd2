import type { PgBoss } from 'pg-boss';
import { UserError } from '../../core/model/failures.ts';
import type { JobRequest } from '../../core/model/job.ts';
import { oneLine } from './failure.ts';

/** What is to be asked for again and again. */
export interface Schedule {
  readonly name: string;
  /** Five fields, in UTC. */
  readonly cron: string;
  readonly request: JobRequest;
}

/** Letters, digits and `_-./`: what pg-boss takes for a key. */
export async function schedule(
  boss: PgBoss,
  name: string,
  { cron, request }: Omit<Schedule, 'name'>,
): Promise<void> {
  checkName(name);
  try {
    boss.previewSchedule(cron, { count: 1 });
  } catch (error) {
    throw new UserError(
      `${name}: ${cron} is no schedule: ${oneLine(error)}`,
      'write five fields, such as "17 5 * * *"',
    );
  }
  // An outage of days is made up for by one run, not by one for each day.
  await boss.schedule('ticks', cron, { request }, { key: name, tz: 'UTC', missed: 'once' });
}

function checkName(name: string): void {
  if (/^[\w./-]{1,200}$/.test(name)) return;
  throw new UserError(
    `${JSON.stringify(name)} cannot name a schedule`,
    'use letters, digits and _ - . /',
  );
}

export async function unschedule(boss: PgBoss, name: string): Promise<void> {
  await boss.unschedule('ticks', name);
}

export async function listSchedules(boss: PgBoss): Promise<readonly Schedule[]> {
  const rows = await boss.getSchedules('ticks');
  return rows.map(({ key, cron, data }) => ({
    name: key,
    cron,
    request: (data as { readonly request: JobRequest }).request,
  }));
}
