import type { Catalog } from '../../core/model/catalog.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { ReleaseNotes } from '../../core/model/release-notes.ts';
import { isFailure } from '../../core/model/upstream.ts';
import type { UpstreamState } from '../../core/model/upstream.ts';
import type { Move } from '../../core/model/update.ts';
import { lockQuestions, pinTarget } from '../../core/decide/lock.ts';
import { readReleaseNote } from '../../core/formats/release-note.ts';
import type { NewFilesReader } from '../../edge/git/new-files.ts';
import type { Upstreams } from './gather.ts';

/** Where reno keeps its notes, in every component of OpenStack. */
const folder = 'releasenotes/notes';

export interface NotesWorld {
  readonly upstream: Pick<Upstreams, 'listRefs'>;
  readonly newFiles: NewFilesReader;
}

type Refs = UpstreamState['refs'];

/** Both ends of moves: what they move to was asked before, what they come from was not. */
interface Ends {
  readonly before: Refs;
  readonly after: Refs;
}

export interface FoundNotes {
  readonly notes: ReadonlyMap<Move, ReleaseNotes>;
  /** Moves whose notes upstream may have, and did not give. */
  readonly unread: readonly Move[];
}

/** What upstream wrote between both ends of each move. */
export async function notesOf(
  { upstream, newFiles }: NotesWorld,
  moves: readonly Move[],
  { catalog, refs }: { readonly catalog: Pick<Catalog, 'components'>; readonly refs: Refs },
): Promise<FoundNotes> {
  const questions = lockQuestions(moves.map(({ pin }) => pin));
  const ends = { before: await upstream.listRefs(questions, catalog.components), after: refs };
  const all = await Promise.all(
    moves.map(async (move) => [move, await notesOfMove(newFiles, move, ends)] as const),
  );
  return {
    notes: new Map(all.flatMap(([move, notes]) => (notes ? [[move, notes]] : []))),
    unread: all.flatMap(([move, notes]) => (notes ? [] : [move])),
  };
}

async function notesOfMove(
  reader: NewFilesReader,
  move: Move,
  ends: Ends,
): Promise<ReleaseNotes | undefined> {
  const { pin, to } = move;
  const before = pinTarget(pin, ends.before.get(pin.component));
  const after = pinTarget({ ...pin, ref: to }, ends.after.get(pin.component));
  const about = { component: pin.component, series: pin.series };
  if (isFailure(before)) return before.absent ? { ...about, notes: [] } : undefined;
  if (isFailure(after)) return undefined;
  const { url, ref } = after;
  try {
    const range = { from: before.commit, to: after.commit };
    const texts = await reader.newFiles({ url, ref, folder, ...range });
    return { ...about, notes: [...texts.values()].flatMap(readReleaseNote) };
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    return undefined;
  }
}
