import type { LoggedCommit } from './commit-log.ts';

/*
 * The commits of a history as numbers: children stand before their parents. In columns, and all of them in
 * one piece of memory: as objects the commits of a few years are a hundred thousand, and these columns are
 * also what is kept in a file, where the next process finds them ready for use.
 */
export interface CommitTable {
  readonly count: number;
  /** Where the parents of each end in `parents`; those that are not in the table have no commit's number. */
  readonly parentEnds: Uint32Array;
  readonly parents: Uint32Array;
  /** What each line says to take back: commit ids, whole or abbreviated, or a Change-Id. */
  readonly reverts: readonly Revert[];
  /** The number of a commit; -1 where it is not in the table. */
  find(commit: string): number;
  idOf(number: number): string;
  subjectOf(number: number): string;
  /** Commits whose message has a Change-Id, or says that it was picked from a commit; in order. */
  saying(kind: SaidKind, id: string): readonly number[];
  said(number: number): readonly string[];
}

interface Revert {
  readonly by: number;
  readonly of: string;
}

/** By the letter in front of it. */
type SaidKind = 'change-id' | 'picked-from';

const [idBytes, saidBytes] = [20, 44];
const absent = 0xffffffff;
const marks = { 'change-id': '', 'picked-from': 'c' };

/** The bytes of a table, to be kept. */
export function packCommits(log: readonly LoggedCommit[]): Buffer {
  const numbers = new Map(log.map(({ commit }, number) => [commit, number] as const));
  const ids = Buffer.concat(log.map(({ commit }) => Buffer.from(commit, 'hex')));
  const order = Uint32Array.from(log.keys()).sort((a, b) =>
    ids.compare(ids, b * idBytes, (b + 1) * idBytes, a * idBytes, (a + 1) * idBytes),
  );
  const parents = log.map((one) => one.parents.map((parent) => numbers.get(parent) ?? absent));
  const said = log.flatMap(({ changeIds, cherryPickedFrom }, number) => [
    ...changeIds.map((id) => [number, id] as const),
    ...cherryPickedFrom.map((id) => [number, `${marks['picked-from']}${id}`] as const),
  ]);
  const names = Buffer.alloc(said.length * saidBytes);
  for (const [index, [, name]] of said.entries()) names.write(name, index * saidBytes, 'latin1');
  const subjects = log.map(({ subject }) => Buffer.from(subject));
  const reverts = log.flatMap((one, by) => one.reverts.map((of) => ({ by, of })));
  const text = Buffer.concat([...subjects, Buffer.from(JSON.stringify(reverts))]);
  const columns = [
    order,
    ends(parents),
    Uint32Array.from(parents.flat()),
    Uint32Array.from(said.map(([number]) => number)),
    ends(subjects),
  ];
  const sizes = Uint32Array.from([log.length, columns[2]?.length ?? 0, said.length, text.length]);
  const parts = [sizes, ...columns].map(({ buffer }) => Buffer.from(buffer));
  return Buffer.concat([...parts, ids, names, text]);
}

/** Where each of some lists ends, when they stand one behind the other. */
function ends(lists: readonly { readonly length: number }[]): Uint32Array {
  let end = 0;
  return Uint32Array.from(lists.map(({ length }) => (end += length)));
}

/** Reads a table where it stands. */
export function openCommits(packed: Buffer): CommitTable {
  const bytes = packed.byteOffset % 4 === 0 ? packed : Buffer.from(new Uint8Array(packed));
  let at = bytes.byteOffset;
  function column(length: number): Uint32Array {
    const start = at;
    at += length * 4;
    return new Uint32Array(bytes.buffer, start, length);
  }
  function part(length: number): Buffer {
    const start = at;
    at += length;
    return Buffer.from(bytes.buffer, start, length);
  }
  const [count = 0, parentCount = 0, saidCount = 0, textBytes = 0] = column(4);
  const order = column(count);
  const [parentEnds, parents] = [column(count), column(parentCount)];
  const [sayers, subjectEnds] = [column(saidCount), column(count)];
  const ids = part(count * idBytes);
  const names = part(saidCount * saidBytes);
  const text = part(textBytes);
  const reverts = text.toString('utf8', subjectEnds[count - 1] ?? 0);
  function idOf(number: number): string {
    return ids.toString('hex', number * idBytes, (number + 1) * idBytes);
  }
  return {
    ...{ count, parentEnds, parents, idOf },
    reverts: JSON.parse(reverts) as readonly Revert[],
    find: (commit) => findIn({ ids, order }, commit),
    subjectOf: (number) => text.toString('utf8', subjectEnds[number - 1] ?? 0, subjectEnds[number]),
    saying: (kind, id) => placesOf(names, `${marks[kind]}${id}`).map((index) => sayers[index] ?? 0),
    said: (number) => saidBy({ sayers, names }, number),
  };
}

interface Ids {
  readonly ids: Buffer;
  /** Numbers of commits in the order of their ids. */
  readonly order: Uint32Array;
}

/** By its first four bytes, and then by all: of two commits these are hardly ever the same. */
function findIn({ ids, order }: Ids, commit: string): number {
  const wanted = parseInt(commit.slice(0, 8), 16);
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids.readUInt32BE((order[middle] ?? 0) * idBytes) < wanted) low = middle + 1;
    else high = middle;
  }
  for (; low < order.length; low += 1) {
    const at = (order[low] ?? 0) * idBytes;
    if (ids.readUInt32BE(at) !== wanted) return -1;
    if (ids.toString('hex', at, at + idBytes) === commit) return order[low] ?? -1;
  }
  return -1;
}

/** Which of the names are this one. */
function placesOf(names: Buffer, name: string): readonly number[] {
  const padded = Buffer.alloc(saidBytes);
  if (padded.write(name, 'latin1') !== name.length) return [];
  const found: number[] = [];
  for (let at = names.indexOf(padded); at >= 0; at = names.indexOf(padded, at + 1)) {
    if (at % saidBytes === 0) found.push(at / saidBytes);
  }
  return found;
}

/** Ids of changes and commits, without what they are. */
function saidBy(
  { sayers, names }: { readonly sayers: Uint32Array; readonly names: Buffer },
  number: number,
): readonly string[] {
  const found: string[] = [];
  const first = sayers.indexOf(number);
  for (let at = first; at >= 0 && sayers[at] === number; at += 1) {
    const name = names.toString('latin1', at * saidBytes, (at + 1) * saidBytes);
    found.push(name.replace(/^c|\0+$/g, ''));
  }
  return found;
}
