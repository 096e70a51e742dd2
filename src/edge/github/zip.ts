import { inflateRawSync } from 'node:zlib';

const endMagic = 0x06054b50;
const entryMagic = 0x02014b50;
const fileMagic = 0x04034b50;
const stored = 0;
const deflated = 8;

/**
 * One file of a small archive, by its name; `undefined` where it is not there, is too long, or the archive
 * is damaged. What is in an artifact was made by a build, and so by anybody.
 */
export function fileInZip(zip: Buffer, name: string, most: number): Uint8Array | undefined {
  try {
    const entry = entries(zip).find((one) => one.name === name);
    if (!entry || entry.size > most || zip.readUInt32LE(entry.offset) !== fileMagic)
      return undefined;
    const start =
      entry.offset + 30 + zip.readUInt16LE(entry.offset + 26) + zip.readUInt16LE(entry.offset + 28);
    const bytes = zip.subarray(start, start + entry.packed);
    if (entry.method === stored) return bytes.subarray(0, most);
    if (entry.method !== deflated) return undefined;
    return inflateRawSync(bytes, { maxOutputLength: most });
  } catch {
    return undefined;
  }
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

const mostEntries = 1000;

/** Reading beyond the end throws. */
function entries(zip: Buffer): readonly Entry[] {
  let end = zip.byteLength - 22;
  while (end >= 0 && zip.readUInt32LE(end) !== endMagic) end -= 1;
  const count = Math.min(mostEntries, zip.readUInt16LE(end + 10));
  const found: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count && zip.readUInt32LE(at) === entryMagic; index += 1) {
    const length = zip.readUInt16LE(at + 28);
    found.push({
      name: zip.toString('utf8', at + 46, at + 46 + length),
      method: zip.readUInt16LE(at + 10),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      offset: zip.readUInt32LE(at + 42),
    });
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return found;
}
