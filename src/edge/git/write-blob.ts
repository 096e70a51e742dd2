import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** As `git hash-object -w` does, without a process. */
export async function writeBlob(directory: string, bytes: Uint8Array): Promise<string> {
  const whole = Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]);
  const id = createHash('sha1').update(whole).digest('hex');
  const folder = join(directory, 'objects', id.slice(0, 2));
  const fresh = join(directory, `blob-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  await writeFile(fresh, deflateSync(whole, { level: 1 }));
  await rename(fresh, join(folder, id.slice(2)));
  return id;
}
