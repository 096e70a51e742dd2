import { createHash } from 'node:crypto';
import type { Annotation, CheckProgress, CheckReport } from '../../core/model/check-report.ts';
import { RetryLater } from '../../core/model/failures.ts';
import type { Opened } from './opened.ts';

/** Check runs of the App. One that was begun always gets an end. */
export interface Checks {
  /**
   * Shows that a check is being made. Where one with this name stands on the commit it is taken up again,
   * unless it has ended and `again` asks for a new one.
   */
  begin(check: {
    readonly name: string;
    readonly head: string;
    readonly again: boolean;
  }): Promise<void>;
  /** Ends it with a report; writes nothing where that very report stands there. */
  finish(report: CheckReport): Promise<void>;
  /** Tells how far it is; writes nothing where that very text stands there. An ended one is begun anew. */
  progress(report: CheckProgress): Promise<void>;
  /** The same for one that nobody works on any more: one that has ended already is left as it is. */
  end(report: CheckReport): Promise<void>;
  /** The same where a check was begun; one that never was is not made for that. */
  endBegun(report: CheckReport): Promise<void>;
}

interface Run {
  readonly id: number;
  readonly completed: boolean;
  /** It says that nothing could be found out: what is found out later takes its place. */
  readonly empty: boolean;
  readonly digest: string | null;
  readonly annotations: number;
}

export function openChecks(opened: Opened): Checks {
  return {
    begin: async ({ name, head, again }) => {
      const run = await latestRun(opened, name, head);
      if (!run || (run.completed && again)) await createRun(opened, { name, head, after: run });
    },
    finish: async (report) => {
      const run = await latestRun(opened, report.name, report.head);
      if (run?.completed === true && run.digest === digestOf(report)) return;
      await finish(opened, run, report);
    },
    progress: async (report) => {
      const run = await latestRun(opened, report.name, report.head);
      const digest = digestOf(report);
      if (run && !run.completed && run.digest === digest) return;
      const usable = run && !run.completed;
      const { name, head } = report;
      const id = usable ? run.id : await createRun(opened, { name, head, after: run });
      await show(opened, { id, report, digest });
    },
    end: async (report) => {
      const run = await latestRun(opened, report.name, report.head);
      if (run?.completed !== true) await finish(opened, run, report);
    },
    endBegun: async (report) => {
      const run = await latestRun(opened, report.name, report.head);
      if (run && !run.completed) await finish(opened, run, report);
    },
  };
}

async function finish(opened: Opened, run: Run | undefined, report: CheckReport): Promise<void> {
  const digest = digestOf(report);
  // Annotations can only be added: a run that has others' is left behind.
  const isOpen = run && (!run.completed || run.empty);
  const usable = isOpen && (run.annotations === 0 || run.digest === digest);
  const { name, head } = report;
  const id = usable ? run.id : await createRun(opened, { name, head, after: run });
  await write(opened, { id, report, digest, written: usable ? run.annotations : 0 });
}

async function latestRun(
  { octokit, at, appId }: Opened,
  name: string,
  head: string,
): Promise<Run | undefined> {
  const one = { check_name: name, app_id: appId, filter: 'latest', per_page: 1 } as const;
  const asked = { ...at, ref: head, ...one };
  const { data } = await octokit.rest.checks.listForRef(asked);
  const [run] = data.check_runs;
  if (!run) return undefined;
  const { id, status, conclusion, external_id: digest, output } = run;
  const completed = status === 'completed';
  const empty = conclusion === 'cancelled';
  return { id, completed, empty, digest, annotations: output.annotations_count };
}

/** What stands there after a request failed: its answer may be lost, and its work done. */
function runAfter(
  opened: Opened,
  error: unknown,
  { name, head }: { readonly name: string; readonly head: string },
): Promise<Run | undefined> {
  // Nothing was done, and we are not to ask.
  if (error instanceof RetryLater) throw error;
  return latestRun(opened, name, head).catch(() => undefined);
}

interface NewRun {
  readonly name: string;
  readonly head: string;
  /** The newest one that is there already. */
  readonly after: Run | undefined;
}

async function createRun(opened: Opened, { name, head, after }: NewRun): Promise<number> {
  const { octokit, at } = opened;
  try {
    const fields = { name, head_sha: head, status: 'in_progress' } as const;
    const { data } = await octokit.rest.checks.create({ ...at, ...fields });
    return data.id;
  } catch (error) {
    const run = await runAfter(opened, error, { name, head });
    if (run && !run.completed && run.id !== after?.id) return run.id;
    throw error;
  }
}

/** GitHub takes fifty with one request, and adds those of the next. */
const annotationsPerRequest = 50;

interface Writing {
  readonly id: number;
  readonly report: CheckReport;
  readonly digest: string;
  /** Annotations that stand there already. */
  readonly written: number;
}

async function write(opened: Opened, writing: Writing): Promise<void> {
  const { annotations } = writing.report;
  let { written } = writing;
  for (;;) {
    const upTo = Math.min(annotations.length, written + annotationsPerRequest);
    await writeSome(opened, { ...writing, written }, upTo);
    if (upTo === annotations.length) return;
    written = upTo;
  }
}

async function writeSome(opened: Opened, writing: Writing, upTo: number): Promise<void> {
  const { octokit, at } = opened;
  const { id, report, digest, written } = writing;
  const { title, summary, text, conclusion, annotations, actions = [] } = report;
  const isLast = upTo === annotations.length;
  const now = annotations.slice(written, upTo).map(annotationJson);
  try {
    await octokit.rest.checks.update({
      ...at,
      check_run_id: id,
      external_id: digest,
      ...(isLast ? { status: 'completed' as const, conclusion } : {}),
      output: { title, summary, ...(text !== undefined && { text }), annotations: now },
      actions: [...actions],
    });
  } catch (error) {
    const run = await runAfter(opened, error, report);
    const isThere = run?.id === id && run.digest === digest && run.annotations === upTo;
    if (!isThere || run.completed !== isLast) throw error;
  }
}

async function show(
  { octokit, at }: Opened,
  task: { readonly id: number; readonly report: CheckProgress; readonly digest: string },
): Promise<void> {
  const { id, report, digest } = task;
  const { title, summary, actions = [] } = report;
  await octokit.rest.checks.update({
    ...{ ...at, check_run_id: id, external_id: digest, status: 'in_progress' },
    output: { title, summary },
    actions: [...actions],
  });
}

function annotationJson({ path, startLine, endLine, level, title, message }: Annotation) {
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    annotation_level: level,
    title: title.slice(0, 255),
    message,
  };
}

function digestOf(report: CheckReport | CheckProgress): string {
  return createHash('sha256').update(JSON.stringify(report)).digest('hex').slice(0, 32);
}
