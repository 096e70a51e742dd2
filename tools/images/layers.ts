import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
}

/** An image in a folder of OCI's layout. */
export interface Layout {
  /** Of the image's manifest. */
  readonly digest: string;
  readonly config: string;
  /** Digests, the lowest first. */
  readonly layers: readonly string[];
}

export async function blob(folder: string, digest: string): Promise<Buffer> {
  return readFile(join(folder, 'blobs', digest.replace(':', '/')));
}

async function json<T>(folder: string, digest: string): Promise<T> {
  return JSON.parse((await blob(folder, digest)).toString('utf8')) as T;
}

export async function readLayout(folder: string): Promise<Layout> {
  const text = await readFile(join(folder, 'index.json'), 'utf8');
  const { manifests } = JSON.parse(text) as { readonly manifests: readonly Descriptor[] };
  const digest = manifests[0]?.digest ?? '';
  type Manifest = { readonly config: Descriptor; readonly layers: readonly Descriptor[] };
  const { config, layers } = await json<Manifest>(folder, digest);
  return { digest, config: config.digest, layers: layers.map((layer) => layer.digest) };
}

/** What differs between two images, a line for each file; empty where they are the same. */
export async function differences(one: string, other: string): Promise<readonly string[]> {
  const [a, b] = [await readLayout(one), await readLayout(other)];
  if (a.digest === b.digest) return [];
  const lines: string[] = [];
  for (let at = 0; at < Math.max(a.layers.length, b.layers.length); at += 1) {
    const [left, right] = [a.layers[at], b.layers[at]];
    if (left === right) continue;
    const before = left === undefined ? new Map<string, string>() : await entriesOf(one, left);
    const after = right === undefined ? new Map<string, string>() : await entriesOf(other, right);
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      const [was, is] = [before.get(path) ?? 'missing', after.get(path) ?? 'missing'];
      if (was !== is) lines.push(`layer ${at + 1}: ${path}: ${was} | ${is}`);
    }
  }
  // Where all files are the same, their order in a layer, or the configuration, is not.
  return lines.length > 0
    ? lines
    : [`manifests ${a.digest} | ${b.digest}`, `configurations ${a.config} | ${b.config}`];
}

async function entriesOf(folder: string, digest: string): Promise<ReadonlyMap<string, string>> {
  const bytes = await blob(folder, digest);
  return tarEntries(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
}

const block = 512;

/** Path to type, mode, owner, time and content of each entry of a tar archive, as one text. */
function tarEntries(tar: Buffer): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  let longer: ReadonlyMap<string, string> = new Map();
  for (let at = 0; at + block <= tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + block);
    const size = octal(header, 124, 12);
    const content = tar.subarray(at + block, at + block + size);
    at += block + Math.ceil(size / block) * block;
    const type = text(header, 156, 1);
    if (type === 'x') {
      longer = paxRecords(content);
      continue;
    }
    const prefix = text(header, 345, 155);
    const name = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`;
    const target = longer.get('linkpath') ?? text(header, 157, 100);
    const owner = `${octal(header, 108, 8)}:${octal(header, 116, 8)}`;
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
    const facts = [type, octal(header, 100, 8).toString(8), owner, octal(header, 136, 12)];
    entries.set(longer.get('path') ?? name, [...facts, size, hash, target].join(' ').trim());
    longer = new Map();
  }
  return entries;
}

function text(header: Buffer, start: number, length: number): string {
  const bytes = header.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? length : end).toString('utf8');
}

function octal(header: Buffer, start: number, length: number): number {
  return Number.parseInt(text(header, start, length).trim() || '0', 8);
}

/** `27 path=some/long/name\n`, one after another; the number is the length of the whole record. */
function paxRecords(content: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.subarray(at, space).toString('latin1'));
    if (space < 0 || !(length > 0)) break;
    const [key = '', ...value] = content
      .subarray(space + 1, at + length - 1)
      .toString('utf8')
      .split('=');
    records.set(key, value.join('='));
    at += length;
  }
  return records;
}
