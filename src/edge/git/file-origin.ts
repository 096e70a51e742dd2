import { otherName } from './moved-file.ts';
import { draftOf } from './origin-draft.ts';
import type { OriginDraft } from './origin-draft.ts';
import type { FileBase, PathPast } from './patch-base.ts';
import { entriesSurelyAt } from './path-entries.ts';
import { readPathLog } from './path-log.ts';

/** A file that moves more often than that is not looked for any further. */
const mostMoves = 5;

/** Why the source has a file that the patch adds. */
export async function addedOrigin(past: PathPast, path: string): Promise<OriginDraft> {
  const added = past.log.find((change) => change.path === path && change.before === undefined);
  return draftOf(past.view, 'added', { commits: added ? [added.commit] : [] });
}

/** Why the source does not have a file that the patch changes. */
export async function goneOrigin(past: PathPast, path: string): Promise<OriginDraft> {
  const removed = past.log.find((change) => change.path === path && change.after === undefined);
  if (removed) {
    const { commit } = removed;
    const otherPath = await nameNow(past, { commit, path });
    const draft = await draftOf(past.view, otherPath === undefined ? 'removed' : 'moved', {
      commits: [commit],
    });
    return { ...draft, ...(otherPath !== undefined && { otherPath }) };
  }
  const base = past.bases.get(path);
  return base ? notThereYet(past, path, base) : draftOf(past.view, 'base-unknown', {});
}

interface Move {
  readonly commit: string;
  readonly path: string;
}

/** Where the file is in the source, after all its moves. */
async function nameNow(past: PathPast, first: Move): Promise<string | undefined> {
  let move: Move = first;
  for (let moves = 0; moves < mostMoves; moves += 1) {
    const path = await otherName(past.view, { ...move, did: 'remove' });
    if (path === undefined) return undefined;
    if (await isInSource(past, path)) return path;
    const log = await readPathLog(past.view, { revisions: [past.source], paths: [path] });
    const again = log.find(({ after }) => after === undefined);
    if (!again) return undefined;
    move = { commit: again.commit, path };
  }
  return undefined;
}

async function notThereYet(past: PathPast, path: string, base: FileBase): Promise<OriginDraft> {
  const added = await additionOf(past, path, base);
  const missing = added === undefined ? [] : [added];
  const otherPath =
    added === undefined ? undefined : await nameBefore(past, { commit: added, path }, base);
  const draft = await draftOf(past.view, 'not-there-yet', { missing });
  return { ...draft, ...(otherPath !== undefined && { otherPath }) };
}

/** The commit that brought a path to the patch's base, and not to the source. */
async function additionOf(
  { view, source }: PathPast,
  path: string,
  base: FileBase,
): Promise<string | undefined> {
  const log = await readPathLog(view, { revisions: [base.commit, `^${source}`], paths: [path] });
  return log.find(({ before }) => before === undefined)?.commit;
}

/** What the source calls a file that was moved on the way to the patch's base. */
async function nameBefore(past: PathPast, last: Move, base: FileBase): Promise<string | undefined> {
  let move: Move = last;
  for (let moves = 0; moves < mostMoves; moves += 1) {
    const path = await otherName(past.view, { ...move, did: 'add' });
    if (path === undefined) return undefined;
    if (await isInSource(past, path)) return path;
    const commit = await additionOf(past, path, base);
    if (commit === undefined) return undefined;
    move = { commit, path };
  }
  return undefined;
}

async function isInSource({ view, source }: PathPast, path: string): Promise<boolean> {
  return (await entriesSurelyAt(view, source, [path])).has(path);
}
