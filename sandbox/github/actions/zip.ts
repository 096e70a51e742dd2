import { crc32 } from 'node:zlib';

interface Entry {
  readonly name: Buffer;
  readonly bytes: Buffer;
  readonly offset: number;
}

/** An archive of these files, not compressed: log and artifact downloads are zip files. */
export function makeZip(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const parts: Buffer[] = [];
  const entries: Entry[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const entry = { name: Buffer.from(path), bytes: Buffer.from(content), offset };
    const head = header(0x04034b50, entry);
    entries.push(entry);
    parts.push(head, entry.name, entry.bytes);
    offset += head.byteLength + entry.name.byteLength + entry.bytes.byteLength;
  }
  const directory = entries.flatMap((entry) => [directoryEntry(entry), entry.name]);
  const size = directory.reduce((sum, part) => sum + part.byteLength, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** The fields that a file has before its content and in the directory at the end. */
function fields({ name, bytes }: Entry): Buffer {
  const part = Buffer.alloc(26);
  part.writeUInt16LE(20, 0);
  // Names are UTF-8.
  part.writeUInt16LE(0x0800, 2);
  // 1980-01-01, the first day that zip knows.
  part.writeUInt16LE(0x21, 8);
  part.writeUInt32LE(crc32(bytes), 10);
  part.writeUInt32LE(bytes.byteLength, 14);
  part.writeUInt32LE(bytes.byteLength, 18);
  part.writeUInt16LE(name.byteLength, 22);
  return part;
}

function header(magic: number, entry: Entry): Buffer {
  const start = Buffer.alloc(4);
  start.writeUInt32LE(magic, 0);
  return Buffer.concat([start, fields(entry)]);
}

function directoryEntry(entry: Entry): Buffer {
  const start = Buffer.alloc(6);
  start.writeUInt32LE(0x02014b50, 0);
  start.writeUInt16LE(20, 4);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(entry.offset, 10);
  return Buffer.concat([start, fields(entry), rest]);
}
