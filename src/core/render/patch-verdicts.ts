import type { Finding, FindingLevel } from '../model/finding.ts';
import type { JudgedQueue, PatchVerdict, VerdictWord } from '../model/patch-verdict.ts';
import { kitCommands } from './conflict-kit.ts';
import { conflictsJson, originWords } from './conflict-words.ts';
import {
  conflictWords,
  refusalWords,
  shownName,
  upstreamWords,
  verdictDetail,
} from './patch-words.ts';
import type { Table } from './table.ts';

type Verdict<Word extends VerdictWord> = Extract<PatchVerdict, { readonly verdict: Word }>;

/** The `patches` of `check --json`; keys are a contract (docs/design.md). */
export function patchesJson(queues: readonly JudgedQueue[]): readonly object[] {
  return queues.flatMap(({ series, component, ref, commit, verdicts, kits = [] }) =>
    verdicts.map((verdict) => ({
      ...{ series, component, ref, commit },
      patch: verdict.path,
      verdict: verdict.verdict,
      ...(verdict.verdict === 'already-upstream' && upstreamJson(verdict)),
      files: verdict.files,
      detail: verdictDetail(verdict),
      ...(verdict.verdict === 'conflict' && {
        conflicts: conflictsJson(verdict.conflicts),
        commands: kits.filter(({ path }) => path === verdict.path).flatMap(kitCommands),
      }),
    })),
  );
}

function upstreamJson({ by, upstreamCommit, firstTag }: Verdict<'already-upstream'>): object {
  return {
    by,
    ...(upstreamCommit !== undefined && { upstreamCommit }),
    ...(firstTag !== undefined && { firstTag }),
  };
}

/** A row a patch, for people; none where nothing is carried. */
export function patchTables(queues: readonly JudgedQueue[]): readonly Table[] {
  const rows = queues.flatMap(({ series, component, ref, verdicts }) =>
    verdicts.map((verdict) => [
      `${component}/${series}`,
      ref,
      verdict.path.slice(verdict.path.lastIndexOf('/') + 1),
      verdict.verdict,
      verdictDetail(verdict),
    ]),
  );
  if (rows.length === 0) return [];
  return [{ title: 'Patches', head: ['queue', 'on', 'patch', 'verdict', 'detail'], rows }];
}

/** Every verdict but a plain `applies`, at the line of the patch file that it is about. */
export function patchFindings(queues: readonly JudgedQueue[]): readonly Finding[] {
  return queues.flatMap((queue) => queue.verdicts.flatMap((verdict) => findingsOf(verdict, queue)));
}

function findingsOf(verdict: PatchVerdict, queue: JudgedQueue): readonly Finding[] {
  switch (verdict.verdict) {
    case 'applies':
      return inHistory(verdict, queue);
    case 'applies-with-offset':
      return [...inHistory(verdict, queue), offset(verdict, queue)];
    case 'already-upstream':
      return [upstream(verdict, queue)];
    case 'refreshable':
      return [refreshable(verdict, queue)];
    case 'conflict':
      return conflicts(verdict, queue);
    case 'malformed':
      return verdict.problems;
    case 'refused':
      return refused(verdict);
    case 'not-reached':
      return [notReached(verdict)];
  }
}

function inHistory(
  verdict: Verdict<'applies' | 'applies-with-offset'>,
  queue: JudgedQueue,
): readonly Finding[] {
  if (!verdict.inHistory) return [];
  const { by, commit: upstreamCommit, firstTag } = verdict.inHistory;
  const where = { by, upstreamCommit, ...(firstTag !== undefined && { firstTag }) };
  return [
    finding(verdict, 'warning', {
      code: 'patch-in-history',
      message: `${about(verdict, queue)} applies, and yet ${upstreamWords(where)}`,
      remedy: 'see whether it would be applied twice, and drop it if so',
    }),
  ];
}

function offset(verdict: Verdict<'applies-with-offset'>, queue: JudgedQueue): Finding {
  return finding(verdict, 'notice', {
    code: 'patch-applies-with-offset',
    message: `${about(verdict, queue)} applies with ${verdictDetail(verdict)}`,
    remedy: 'leave it, or refresh it to have the right lines in it',
  });
}

function upstream(verdict: Verdict<'already-upstream'>, queue: JudgedQueue): Finding {
  // What the source says alone may be a likeness; history is proof enough to drop a patch.
  const proven = verdict.upstreamCommit !== undefined;
  return finding(verdict, 'warning', {
    code: 'patch-already-upstream',
    message: `${about(verdict, queue)} is not needed: ${verdictDetail(verdict)}`,
    remedy: `${proven ? '' : 'compare it with the source, and '}run pinwheel check --fix to remove it`,
  });
}

function refreshable(verdict: Verdict<'refreshable'>, queue: JudgedQueue): Finding {
  const [first] = verdict.conflicts;
  return {
    ...finding(verdict, 'warning', {
      code: 'patch-refreshable',
      message: `${about(verdict, queue)} does not apply as it is, and a 3-way merge of it is clean`,
      // Repairs were asked for and there is none: so it is with a file of several commits.
      remedy: queue.repairs
        ? 'split it into a file for each commit, or make the patch anew on this source'
        : 'run pinwheel check --fix, and read the refreshed patch',
    }),
    ...(first && { line: first.line, endLine: first.endLine }),
  };
}

/** One for each place, so that each can be seen where it is. */
function conflicts(verdict: Verdict<'conflict'>, queue: JudgedQueue): readonly Finding[] {
  const code = 'patch-conflict';
  const remedy = 'make the patch anew on this source, or remove it';
  if (verdict.conflicts.length === 0) {
    const message = `${about(verdict, queue)} does not apply: ${verdictDetail(verdict)}`;
    return [finding(verdict, 'failure', { code, message, remedy })];
  }
  return verdict.conflicts.map((conflict) => ({
    ...finding(verdict, 'failure', {
      code,
      message: `${about(verdict, queue)} does not apply: ${[
        conflictWords(conflict),
        ...(conflict.origin ? [originWords(conflict.origin)] : []),
      ].join('; ')}`,
      remedy,
    }),
    line: conflict.line,
    endLine: conflict.endLine,
  }));
}

function refused(verdict: Verdict<'refused'>): readonly Finding[] {
  return verdict.refusals.map((refusal) => ({
    ...finding(verdict, 'failure', {
      code: 'patch-refused',
      message: `${nameOf(verdict)} is refused: ${refusalWords(refusal)}`,
      remedy: 'remove that part from the patch, or the whole patch',
    }),
    line: refusal.line,
  }));
}

function notReached(verdict: Verdict<'not-reached'>): Finding {
  return finding(verdict, 'warning', {
    code: 'patch-not-reached',
    message: `${nameOf(verdict)} was not tried: ${verdictDetail(verdict)}`,
    remedy: 'mend the earlier patch first',
  });
}

function nameOf({ path }: PatchVerdict): string {
  return shownName(path.slice(path.lastIndexOf('/') + 1));
}

function about(verdict: PatchVerdict, { component, ref }: JudgedQueue): string {
  return `${nameOf(verdict)} on ${component} ${ref}`;
}

function finding(
  { path }: PatchVerdict,
  level: FindingLevel,
  words: Pick<Finding, 'code' | 'message' | 'remedy'>,
): Finding {
  return { ...words, file: path, line: 1, level };
}
