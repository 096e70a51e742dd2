import type { PatchedFile, PatchHunk } from '../../core/model/patch-content.ts';
import { runGit } from './git.ts';
import { changesOf, readChanges } from './line-ranges.ts';
import type { LineChange } from './line-ranges.ts';
import { commitsOfLines } from './line-log.ts';
import { cutDraft, draftOf } from './origin-draft.ts';
import type { OriginDraft } from './origin-draft.ts';
import type { FileBase, PathPast } from './patch-base.ts';
import { blobsOf, readPathLog } from './path-log.ts';
import type { LineView } from './line-view.ts';

/** A file that both sides have, and what the patch does to it. */
export interface ChangedFile {
  readonly path: string;
  readonly file: PatchedFile;
  readonly base: FileBase;
  /** In the source. */
  readonly blob: string;
  /** Lines of the patch file where git stopped. */
  readonly named: readonly number[];
}

/** A hunk, counted from 1 in its file, or the whole file. */
export interface HunkDraft {
  readonly hunk?: PatchHunk & { readonly number: number };
  readonly draft: OriginDraft;
}

/** Blobs without which git cannot follow the lines of a file from base to source. */
export async function blobsOnTheWay(
  { view, source }: PathPast,
  { path, base, blob }: ChangedFile,
): Promise<readonly string[]> {
  if (base.blob === blob) return [];
  const ways = [
    [source, `^${base.commit}`],
    ...(base.inSource ? [] : [[base.commit, `^${source}`]]),
  ];
  const logs = await Promise.all(
    ways.map((revisions) => readPathLog(view, { revisions, paths: [path], whole: true })),
  );
  return [...new Set([base.blob, blob, ...blobsOf(logs.flat())])];
}

/** Every hunk whose lines are not the same in base and source, with the commits that made them so. */
export async function lineOrigins(
  past: PathPast,
  changed: ChangedFile,
): Promise<readonly HunkDraft[]> {
  const { file, base, blob, named } = changed;
  const hunks = file.hunks.map((hunk, index) => ({ ...hunk, number: index + 1 }));
  const all = await changesBetween(past.view, base.blob, blob);
  if (all === 'binary' || hunks.length === 0) return [{ draft: await wholeFile(past, changed) }];
  const drafts: HunkDraft[] = [];
  for (const hunk of hunks) {
    const inside = changesOf(all, hunk, 0);
    const isNamed = named.includes(hunk.line);
    const changes = inside.length === 0 && isNamed ? changesOf(all, hunk, 1) : inside;
    if (changes.length > 0) drafts.push({ hunk, draft: await followLines(past, changed, changes) });
    // The source has the lines; so it was an earlier patch that changed them.
    else if (isNamed) drafts.push({ hunk, draft: await draftOf(past.view, 'queue', {}) });
  }
  // Not the lines but the file: an earlier patch has moved or removed it.
  return drafts.length > 0 ? drafts : [{ draft: await draftOf(past.view, 'queue', {}) }];
}

async function changesBetween(
  { directory, deadlineMs }: LineView,
  before: string,
  after: string,
): Promise<readonly LineChange[] | 'binary'> {
  if (before === after) return [];
  const args = ['diff', '-U0', '--no-ext-diff', '--no-textconv', '--no-color', before, after, '--'];
  const { stdout } = await runGit(directory, args, { deadlineMs });
  const text = stdout.toString('latin1');
  return /^Binary files /m.test(text) && !/^@@ /m.test(text) ? 'binary' : readChanges(text);
}

async function followLines(
  past: PathPast,
  changed: ChangedFile,
  changes: readonly LineChange[],
): Promise<OriginDraft> {
  const { view, source } = past;
  const { path, base } = changed;
  const after = changes.map((change) => change.after);
  // A file without lines has none to follow.
  if (after.some(({ start, count }) => start + count === 0)) return wholeFile(past, changed);
  const since = await commitsOfLines(view, {
    tip: source,
    not: base.commit,
    path,
    ranges: after,
  });
  const before = changes.map((change) => change.before);
  const isEmpty = before.some(({ start, count }) => start + count === 0);
  const upon =
    base.inSource || isEmpty
      ? []
      : await commitsOfLines(view, { tip: base.commit, not: source, path, ranges: before });
  if (since.length + upon.length > 0) {
    return cutDraft({ cause: 'changed', commits: since, missing: upon });
  }
  // git follows no line into the place at the end of a file where others were taken away.
  return wholeFile(past, changed);
}

async function wholeFile(
  { view, source }: PathPast,
  { path, base }: ChangedFile,
): Promise<OriginDraft> {
  const commits = await commitsOfFile(view, path, [source, `^${base.commit}`]);
  const missing = base.inSource ? [] : await commitsOfFile(view, path, [base.commit, `^${source}`]);
  const cause = commits.length + missing.length > 0 ? 'file-changed' : 'queue';
  return draftOf(view, cause, { commits, missing });
}

async function commitsOfFile(
  view: LineView,
  path: string,
  revisions: readonly string[],
): Promise<readonly string[]> {
  const log = await readPathLog(view, { revisions, paths: [path] });
  return [...new Set(log.map(({ commit }) => commit))];
}
