import type { JobRequest } from '../../core/model/job.ts';

/**
 * What one job does for two requests of its key. The newest counts; but what it does not speak of is not
 * forgotten: that somebody asked once more, who changed a comment, what a merge queue wants. One that gives
 * up never takes the place of one that does the work.
 */
export function forBoth(older: JobRequest | undefined, newest: JobRequest): JobRequest {
  if (older?.kind !== newest.kind) return newest;
  return 'givenUp' in newest ? { ...hopeful(newest), ...older } : { ...hopeful(older), ...newest };
}

function hopeful(request: JobRequest): JobRequest {
  const copy: { givenUp?: string } & JobRequest = { ...request };
  delete copy.givenUp;
  return copy;
}

/** The same as an expression of SQL, of two that are `jsonb`. */
export function forBothSql(older: string, newest: string): string {
  return `case when ${newest} ? 'givenUp'
    then (${newest} - 'givenUp') || ${older}
    else (${older} - 'givenUp') || ${newest} end`;
}
