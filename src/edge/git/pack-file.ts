import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/*
 * Packs and their indexes as gitformat-pack(5) has them, read without git. What is not as it should be is
 * thrown; and whoever reads compares what comes out with its id. Files are read at once: a read out of the
 * page cache takes less time than a promise of it.
 */

export interface GitObject {
  readonly type: string;
  readonly bytes: Buffer;
}

export interface PackFile {
  /** Where an object begins; `undefined` where the pack has none of that id. */
  find(id: string): number | undefined;
  read(offset: number): GitObject;
  /** In bytes, when it is read. */
  sizeAt(offset: number): number;
  close(): void;
}

/** Larger ones are for git. */
export const mostObjectBytes = 16 * 1024 * 1024;
/** Of objects that others may be based on; git makes chains of 50. */
const mostBaseBytes = 32 * 1024 * 1024;
const deepest = 256;

/** For all packs: what is read is inflated at once, and before anything else is read. */
let shared = Buffer.alloc(0);
/** More is not kept. */
const mostShared = 4 * 1024 * 1024;

function roomFor(length: number): Buffer {
  if (length > mostShared) return Buffer.allocUnsafe(length);
  if (shared.length < length) shared = Buffer.allocUnsafe(Math.min(length * 2, mostShared));
  return shared;
}

/** Opens the pack of an index file; its own file is opened when it is needed. */
export function openPack(indexFile: string): PackFile {
  const index = readIndex(indexFile);
  const bases = new Map<number, GitObject>();
  let [file, held] = [-1, 0];
  function take(length: number, offset: number): Buffer {
    if (file < 0) file = openSync(indexFile.replace(/\.idx$/, '.pack'), 'r');
    const room = roomFor(length);
    return room.subarray(0, readSync(file, room, 0, length, offset));
  }
  function baseOf(entry: Entry): number {
    const base = typeof entry.base === 'string' ? findIn(index, entry.base) : entry.base;
    if (base === undefined || base < 0) throw new Error('a delta without its base');
    return base;
  }
  function readAt(offset: number, depth: number): GitObject {
    const known = bases.get(offset);
    if (known) return known;
    if (depth > deepest) throw new Error('a chain of too many deltas');
    const entry = entryAt(take, offset);
    const found = entry.isDelta
      ? changed(readAt(baseOf(entry), depth + 1), inflated(take, entry))
      : { type: entry.type, bytes: inflated(take, entry) };
    held += found.bytes.length;
    if (held <= mostBaseBytes) bases.set(offset, found);
    return found;
  }
  return {
    find: (id) => findIn(index, id),
    read: (offset) => readAt(offset, 0),
    sizeAt: (offset) => {
      const entry = entryAt(take, offset);
      return entry.isDelta ? readDeltaHead(inflated(take, entry)).size : entry.size;
    },
    close: () => {
      if (file >= 0) closeSync(file);
    },
  };
}

const [firstCount, firstId] = [8, 8 + 256 * 4];
const idBytes = 20;

function readIndex(file: string): Buffer {
  const index = readFileSync(file);
  const isSecondVersion = index.readUInt32BE(0) === 0xff744f63 && index.readUInt32BE(4) === 2;
  if (!isSecondVersion) throw new Error('an index of another version');
  return index;
}

/** Ids stand in order, after a table of how many begin with each byte or a lower one. */
function findIn(index: Buffer, id: string): number | undefined {
  const wanted = Buffer.from(id, 'hex');
  const first = wanted[0] ?? 0;
  let low = first === 0 ? 0 : index.readUInt32BE(firstCount + (first - 1) * 4);
  let high = index.readUInt32BE(firstCount + first * 4);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = firstId + middle * idBytes;
    const order = index.compare(wanted, 0, idBytes, at, at + idBytes);
    if (order === 0) return offsetOf(index, middle);
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** Behind the ids and their checksums. Beyond 2 GB it is the place of another number. */
function offsetOf(index: Buffer, place: number): number {
  const count = index.readUInt32BE(firstId - 4);
  const offset = index.readUInt32BE(firstId + count * (idBytes + 4) + place * 4);
  if (offset >= 0x80000000) throw new Error('a pack of more than 2 GB');
  return offset;
}

interface Entry {
  /** Where its bytes begin. */
  readonly at: number;
  /** Of what the bytes come to when they are inflated. */
  readonly size: number;
  readonly type: string;
  readonly isDelta: boolean;
  /** What a delta changes: an offset or an id. */
  readonly base?: number | string;
}

/** Bytes of the pack's file, until the next time. */
type Take = (length: number, offset: number) => Buffer;

const types = new Map([
  [1, 'commit'],
  [2, 'tree'],
  [3, 'blob'],
  [4, 'tag'],
]);
const [offsetDelta, idDelta] = [6, 7];
/** The longest head: a size, and an id or an offset. */
const mostHeadBytes = 40;

function entryAt(take: Take, offset: number): Entry {
  const head = take(mostHeadBytes, offset);
  const first = head.readUInt8(0);
  const kind = (first >> 4) & 7;
  const rest = first < 0x80 ? { value: 0, at: 1 } : readNumber(head, 1);
  const { at } = rest;
  const size = (first & 15) + rest.value * 16;
  if (size > mostObjectBytes) throw new Error('an object for git');
  if (kind === offsetDelta) {
    const back = readDistance(head, at);
    const base = offset - back.value;
    return { type: '', isDelta: true, size, at: offset + back.at, base };
  }
  if (kind === idDelta) {
    const base = head.toString('hex', at, at + idBytes);
    return { type: '', isDelta: true, size, at: offset + at + idBytes, base };
  }
  const type = types.get(kind);
  if (type === undefined) throw new Error('an object of no known type');
  return { type, isDelta: false, size, at: offset + at };
}

interface ReadNumber {
  readonly value: number;
  /** Where the next thing begins. */
  readonly at: number;
}

/** Seven bits in each byte, the lowest first. */
function readNumber(bytes: Buffer, start: number): ReadNumber {
  let [value, at, unit] = [0, start, 1];
  for (;;) {
    const byte = bytes.readUInt8(at);
    at += 1;
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) return { value, at };
    unit *= 0x80;
  }
}

/** The highest first, and one more for each byte that follows. */
function readDistance(bytes: Buffer, start: number): ReadNumber {
  let at = start;
  let byte = bytes.readUInt8(at);
  let value = byte & 0x7f;
  while (byte >= 0x80) {
    at += 1;
    byte = bytes.readUInt8(at);
    value = (value + 1) * 0x80 + (byte & 0x7f);
  }
  return { value, at: at + 1 };
}

function inflated(take: Take, { at, size }: Entry): Buffer {
  // zlib never makes it longer than that; where it ends, zlib finds out.
  const bytes = take(size + (size >> 3) + 128, at);
  // One more than needed, or it would ask for a second piece.
  const found = inflateSync(bytes, {
    chunkSize: Math.max(size + 1, 64),
    maxOutputLength: size + 1,
  });
  if (found.length !== size) throw new Error('an object of another size');
  return found;
}

interface DeltaHead {
  readonly baseSize: number;
  readonly size: number;
  readonly at: number;
}

function readDeltaHead(delta: Buffer): DeltaHead {
  const base = readNumber(delta, 0);
  const result = readNumber(delta, base.at);
  if (result.value > mostObjectBytes) throw new Error('an object for git');
  return { baseSize: base.value, size: result.value, at: result.at };
}

function changed({ type, bytes: base }: GitObject, delta: Buffer): GitObject {
  const head = readDeltaHead(delta);
  if (head.baseSize !== base.length) throw new Error('a delta of something else');
  const bytes = Buffer.allocUnsafe(head.size);
  let [at, filled] = [head.at, 0];
  while (at < delta.length) {
    const word = delta.readUInt8(at);
    const step = word < 0x80 ? insertion(word, at) : copyStep(delta, at);
    const from = step.isCopy ? base : delta;
    filled += from.copy(bytes, filled, step.start, step.start + step.length);
    at = step.next;
  }
  if (filled !== head.size) throw new Error('a delta that is cut off');
  return { type, bytes };
}

interface Step {
  readonly isCopy: boolean;
  readonly start: number;
  readonly length: number;
  readonly next: number;
}

function insertion(length: number, at: number): Step {
  if (length === 0) throw new Error('a delta of a later kind');
  return { isCopy: false, start: at + 1, length, next: at + 1 + length };
}

/** Seven bits say which bytes of the start and of the length are there; the others are 0. */
function copyStep(delta: Buffer, at: number): Step {
  const word = delta.readUInt8(at);
  let next = at + 1;
  const [start = 0, length = 0] = [
    [0, 1, 2, 3],
    [4, 5, 6],
  ].map((bits) => {
    let value = 0;
    for (const [index, bit] of bits.entries()) {
      if (((word >> bit) & 1) === 0) continue;
      value += delta.readUInt8(next) * 2 ** (8 * index);
      next += 1;
    }
    return value;
  });
  return { isCopy: true, start, length: length === 0 ? 0x10000 : length, next };
}
