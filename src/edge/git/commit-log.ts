import { WorldError } from '../../core/model/failures.ts';
import { runGit } from './git.ts';
import type { History } from './history.ts';
import { readObjects } from './objects.ts';

/** A commit, and what its message says of changes. */
export interface LoggedCommit {
  readonly commit: string;
  /** Ids with a space between them. */
  readonly parents: string;
  readonly subject: string;
  /** Of the last paragraph only: a message may name another change to say that it was rejected. */
  readonly changeIds: readonly string[];
  readonly cherryPickedFrom: readonly string[];
  /** What it says to take back: commit ids, whole or abbreviated, or a Change-Id. */
  readonly reverts: readonly string[];
}

/** Commits that `commit` contains and none of `notIn` does; children stand before their parents. */
export async function readCommitLog(
  history: History,
  { commit, notIn }: { readonly commit: string; readonly notIn: readonly string[] },
): Promise<readonly LoggedCommit[]> {
  const { directory, deadlineMs } = history;
  if (!(await readObjects(history, [commit])).has(commit)) {
    throw new WorldError(`it has no commit ${commit}`, 'check the commit, and that it was pushed');
  }
  const without = notIn.map((other) => `^${other}`);
  const args = ['log', '--topo-order', '-z', '--format=%H%n%P%n%B', commit, ...without, '--'];
  const { stdout } = await runGit(directory, args, { deadlineMs });
  return parseLog(stdout);
}

/** A history of tens of thousands of messages: its whole text and a list of its records are too much. */
function parseLog(output: Buffer): readonly LoggedCommit[] {
  const commits: LoggedCommit[] = [];
  let at = 0;
  while (at < output.length) {
    const found = output.indexOf(0, at);
    const end = found < 0 ? output.length : found;
    commits.push(parseRecord(output.toString('utf8', at, end)));
    at = end + 1;
  }
  return commits;
}

function parseRecord(record: string): LoggedCommit {
  const parentsAt = record.indexOf('\n') + 1;
  const messageAt = record.indexOf('\n', parentsAt) + 1;
  const message = record.slice(messageAt).trimEnd();
  const last = message.slice(message.lastIndexOf('\n\n') + 1);
  return {
    commit: record.slice(0, parentsAt - 1),
    parents: record.slice(parentsAt, messageAt - 1),
    subject: message.slice(0, lineEnd(message)),
    changeIds: all(last, 'Change-Id:', /^Change-Id:[ \t]*(I[0-9a-f]{40})[ \t]*$/gim),
    cherryPickedFrom: all(
      message,
      '(cherry',
      /^\(cherry picked from commit ([0-9a-f]{40})\)[ \t]*$/gm,
    ),
    reverts: all(message, 'reverts', /^[ \t]*This reverts commit (I?[0-9a-f]{7,40})\b/gm),
  };
}

function lineEnd(text: string): number {
  const end = text.indexOf('\n');
  return end < 0 ? text.length : end;
}

/** One for all: most commits name nothing. */
const none: readonly string[] = [];

function all(text: string, sign: string, shape: RegExp): readonly string[] {
  if (!text.includes(sign)) return none;
  return [...text.matchAll(shape)].map(([, value]) => value ?? '');
}
