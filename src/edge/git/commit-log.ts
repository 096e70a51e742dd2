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
export const mostCommits = 20_000;

/** Commits that some commits contain, as far as they are here; children stand before their parents. */
export async function readCommitLog(
  { directory, deadlineMs }: Required<ReadPlace>,
  commits: readonly string[],
): Promise<readonly LoggedCommit[]> {
  const format = ['-z', '--format=%H%n%P%n%B'];
  const args = ['log', '--topo-order', `--max-count=${mostCommits}`, ...format, ...commits, '--'];
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

const [lineEnd, space] = [10, 32];

/** Works on bytes: most of a history's text says nothing that is asked for. */
function parseRecord(record: Buffer): LoggedCommit {
  const parentsAt = record.indexOf(lineEnd) + 1;
  const messageAt = record.indexOf(lineEnd, parentsAt) + 1;
  const parents = record.toString('latin1', parentsAt, messageAt - 1);
  const message = record.subarray(messageAt);
  return {
    commit: record.toString('latin1', 0, parentsAt - 1),
    parents: parents === '' ? none : parents.split(' '),
    subject: subjectOf(message),
    changeIds: all(
      lastParagraph(message),
      'Change-Id:',
      /^Change-Id:[ \t]*(I[0-9a-f]{40})[ \t]*$/gim,
    ),
    cherryPickedFrom: all(
      message,
      '(cherry',
      /^\(cherry picked from commit ([0-9a-f]{40})\)[ \t]*$/gm,
    ),
    reverts: all(message, 'reverts', /^[ \t]*This reverts commit (I?[0-9a-f]{7,40})\b/gm),
  };
}

function lastParagraph(message: Buffer): Buffer {
  let end = message.length;
  while (end > 0 && (message[end - 1] ?? 0) <= space) end -= 1;
  return message.subarray(message.lastIndexOf('\n\n', end - 1) + 1, end);
}

/** The first paragraph as one line, as `%s` has it. */
function subjectOf(message: Buffer): string {
  let start = 0;
  while ((message[start] ?? space + 1) <= space) start += 1;
  const end = message.indexOf('\n\n', start);
  const paragraph = message.toString('utf8', start, end < 0 ? message.length : end).trim();
  const blank = paragraph.search(/\n[ \t]*\n/);
  return (blank < 0 ? paragraph : paragraph.slice(0, blank)).replaceAll('\n', ' ');
}

/** One for all: most commits name nothing. */
const none: readonly string[] = [];

/** From the line on that has the first sign of it. */
function all(message: Buffer, sign: string, shape: RegExp): readonly string[] {
  const at = message.indexOf(sign, 0, 'latin1');
  if (at < 0) return none;
  const text = message.toString('utf8', message.lastIndexOf(lineEnd, at) + 1);
  // A part of a string keeps the whole string in memory; these copies do not.
  return [...text.matchAll(shape)].map(([, value = '']) => Buffer.from(value).toString());
}
