import { runGit } from './git.ts';
import type { ReadPlace } from './objects.ts';

/** A commit, and what its message says of changes. */
export interface LoggedCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly subject: string;
  /** Of the last paragraph only: a message may name another change to say that it was rejected. */
  readonly changeIds: readonly string[];
  readonly cherryPickedFrom: readonly string[];
  /** What it says to take back: commit ids, whole or abbreviated, or a Change-Id. */
  readonly reverts: readonly string[];
}

/** What a process can well hold at once: the newest ten years of the largest projects. */
const mostCommits = 20_000;

/** Commits that `commit` contains, as far as they are here; children stand before their parents. */
export async function readCommitLog(
  { directory, deadlineMs }: Required<ReadPlace>,
  commit: string,
): Promise<readonly LoggedCommit[]> {
  const format = ['-z', '--format=%H%n%P%n%B'];
  const args = ['log', '--topo-order', `--max-count=${mostCommits}`, ...format, commit, '--'];
  const { stdout } = await runGit(directory, args, { deadlineMs });
  return parseLog(stdout);
}

function parseLog(output: Buffer): readonly LoggedCommit[] {
  const commits: LoggedCommit[] = [];
  let at = 0;
  while (at < output.length) {
    const found = output.indexOf(0, at);
    const end = found < 0 ? output.length : found;
    commits.push(parseRecord(output.subarray(at, end)));
    at = end + 1;
  }
  return commits;
}

function parseRecord(record: Buffer): LoggedCommit {
  const parentsAt = record.indexOf(10) + 1;
  const messageAt = record.indexOf(10, parentsAt) + 1;
  const parents = record.toString('latin1', parentsAt, messageAt - 1);
  const message = record.toString('utf8', messageAt).trim();
  const last = message.slice(message.lastIndexOf('\n\n') + 1);
  return {
    commit: record.toString('latin1', 0, parentsAt - 1),
    parents: parents === '' ? none : parents.split(' '),
    subject: apart(subjectOf(message)),
    changeIds: all(last, 'Change-Id:', /^Change-Id:[ \t]*(I[0-9a-f]{40})[ \t]*$/gim),
    cherryPickedFrom: all(
      message,
      '(cherry',
      /^\(cherry picked from commit ([0-9a-f]{40})\)[ \t]*$/gm,
    ),
    reverts: all(message, 'reverts', /^[ \t]*This reverts commit (I?[0-9a-f]{7,40})\b/gm),
  };
}

/** The first paragraph as one line, as `%s` has it. */
function subjectOf(message: string): string {
  const end = message.search(/\n[ \t]*(?:\n|$)/);
  return (end < 0 ? message : message.slice(0, end)).replaceAll('\n', ' ');
}

/** One for all: most commits name nothing. */
const none: readonly string[] = [];

function all(text: string, sign: string, shape: RegExp): readonly string[] {
  if (!text.includes(sign)) return none;
  return [...text.matchAll(shape)].map(([, value]) => apart(value ?? ''));
}

/** A part of a string keeps the whole string in memory; this copy does not. */
function apart(text: string): string {
  return Buffer.from(text).toString();
}
