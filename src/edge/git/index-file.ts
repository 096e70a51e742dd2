import { createHash } from 'node:crypto';

/*
 * git's index, version 2, written and read here: a process for each would cost as much as the apply
 * between them. See gitformat-index(5).
 */

/** What a path is in a tree or an index: octal mode and object id. */
export interface IndexEntry {
  readonly mode: string;
  readonly object: string;
}

export type IndexEntries = ReadonlyMap<string, IndexEntry>;

const headerBytes = 12;
/** Times, device, owner and size stay zero: there is no file that they could be about. */
const statBytes = 40;
const fixedBytes = 62;
const longestName = 0xfff;

/** The bytes of an index that holds some entries. */
export function writeIndex(entries: IndexEntries): Buffer {
  const named = [...entries].map(([path, entry]) => ({ name: Buffer.from(path), entry }));
  named.sort((a, b) => a.name.compare(b.name));
  const header = Buffer.alloc(headerBytes);
  header.write('DIRC', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(named.length, 8);
  const body = Buffer.concat([header, ...named.map(({ name, entry }) => record(name, entry))]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function record(name: Buffer, { mode, object }: IndexEntry): Buffer {
  const bytes = Buffer.alloc(paddedLength(name.length));
  bytes.writeUInt32BE(parseInt(mode, 8), 24);
  bytes.write(object, statBytes, 'hex');
  bytes.writeUInt16BE(Math.min(name.length, longestName), 60);
  name.copy(bytes, fixedBytes);
  return bytes;
}

/** At least one NUL ends the name, and records start at multiples of eight. */
function paddedLength(nameLength: number): number {
  return (fixedBytes + nameLength + 8) & ~7;
}

/** The entries of an index that git wrote; `undefined` where it is none of version 2. */
export function readIndex(bytes: Buffer): IndexEntries | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'DIRC' || bytes.readUInt32BE(4) !== 2) return undefined;
  const entries = new Map<string, IndexEntry>();
  let at = headerBytes;
  for (let left = bytes.readUInt32BE(8); left > 0; left -= 1) {
    const start = at + fixedBytes;
    const end = bytes.indexOf(0, start);
    const mode = bytes.readUInt32BE(at + 24).toString(8);
    const object = bytes.toString('hex', at + statBytes, at + statBytes + 20);
    entries.set(bytes.toString('utf8', start, end), { mode, object });
    at += paddedLength(end - start);
  }
  return entries;
}
