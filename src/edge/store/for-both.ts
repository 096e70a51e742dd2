import type { JobRequest } from '../../core/model/job.ts';

/**
 * What one job does for two requests of its key. The newest counts; but that somebody asked once more, or who
 * changed a comment, is not forgotten for one who says nothing of it. One that gives up never takes the place
 * of one that does the work.
 */
export function forBoth(older: JobRequest | undefined, newest: JobRequest): JobRequest {
  if (older?.kind !== newest.kind) return newest;
  if ('givenUp' in newest) return older;
  const editor = 'editor' in older ? { editor: older.editor } : {};
  const again = 'again' in older ? { again: older.again } : {};
  return { ...again, ...editor, ...newest };
}

/** The same as an expression of SQL, of two that are `jsonb`. */
export function forBothSql(older: string, newest: string): string {
  const kept = `jsonb_build_object('again', ${older} -> 'again', 'editor', ${older} -> 'editor')`;
  return `case when ${newest} ? 'givenUp' then ${older}
    else jsonb_strip_nulls(${kept}) || ${newest} end`;
}
