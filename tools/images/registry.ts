import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Unavailable, debianArchive, installPackages, unpackPackages } from './debian.ts';

/** A registry of this machine alone. */
export interface Registry {
  /** `localhost:port`: engines speak plain HTTP with that name, and with no other. */
  readonly host: string;
  readonly tags: (image: string) => Promise<readonly string[]>;
  /** Of what a tag or a digest names there. */
  readonly putBlob: (image: string, digest: string, content: Buffer) => Promise<void>;
  /** By its digest: it has no tag then. */
  readonly putManifest: (image: string, digest: string, content: Buffer) => Promise<void>;
  readonly manifest: (image: string, reference: string) => Promise<Manifest>;
  /** A platform's too, not only an index. */
  readonly has: (image: string, digest: string) => Promise<boolean>;
  /** With the tags that it has. */
  readonly remove: (image: string, digest: string) => Promise<void>;
  readonly stop: () => void;
}

interface Manifest {
  readonly digest: string;
  readonly platforms: readonly string[];
}

/** Debian's own; an engine cannot be asked for one, for it would pull its image. */
export async function startRegistry(cache: string, work: string): Promise<Registry> {
  const root = join(cache, 'registry-trixie');
  const log = join(work, 'registry.log');
  await unpackPackages(await debianArchive(), 'trixie', ['docker-registry'], root, log);
  // The workflow's scripts read what buildx says with it.
  await installPackages(['jq'], log);
  const port = await freePort();
  const config = join(work, 'registry.yml');
  const storage = join(work, 'registry');
  await mkdir(storage, { recursive: true });
  await writeFile(
    config,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${storage} }, delete: { enabled: true } }\nhttp: { addr: "127.0.0.1:${port}" }\n`,
  );
  const output = openSync(log, 'a');
  const child = spawn(join(root, 'usr/bin/docker-registry'), ['serve', config], {
    stdio: ['ignore', output, output],
  });
  const url = `http://127.0.0.1:${port}/v2/`;
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await fetch(url).catch(() => undefined))?.ok === true) {
      return { ...client(url), host: `localhost:${port}`, stop: () => void child.kill() };
    }
    await wait(200);
  }
  child.kill();
  throw new Unavailable(`the registry did not start; see ${log}`);
}

function client(url: string): Omit<Registry, 'host' | 'stop'> {
  return {
    tags: async (image) => {
      const answer = await fetch(`${url}${image}/tags/list`);
      const { tags } = (await answer.json()) as { readonly tags?: readonly string[] | null };
      return [...(tags ?? [])].sort();
    },
    putBlob: async (image, digest, content) => {
      const { headers } = await fetch(`${url}${image}/blobs/uploads/`, { method: 'POST' });
      const where = new URL(headers.get('location') ?? '', url);
      where.searchParams.set('digest', digest);
      await put(where, content, 'application/octet-stream');
    },
    putManifest: async (image, digest, content) => {
      const where = new URL(`${url}${image}/manifests/${digest}`);
      await put(where, content, 'application/vnd.oci.image.manifest.v1+json');
    },
    manifest: async (image, reference) => {
      const headers = { accept: 'application/vnd.oci.image.index.v1+json' };
      const answer = await fetch(`${url}${image}/manifests/${reference}`, { headers });
      if (!answer.ok) throw new Error(`${image}: ${reference}: ${answer.status}`);
      const { manifests = [] } = (await answer.json()) as {
        readonly manifests?: readonly { readonly platform?: { readonly architecture: string } }[];
      };
      const platforms = manifests.map(({ platform }) => platform?.architecture ?? '').sort();
      return { digest: answer.headers.get('docker-content-digest') ?? '', platforms };
    },
    has: async (image, digest) => {
      const accept = ['manifest', 'index'].map(
        (kind) => `application/vnd.oci.image.${kind}.v1+json`,
      );
      const where = `${url}${image}/manifests/${digest}`;
      return (await fetch(where, { headers: { accept: accept.join(', ') } })).ok;
    },
    remove: async (image, digest) => {
      const answer = await fetch(`${url}${image}/manifests/${digest}`, { method: 'DELETE' });
      if (!answer.ok) throw new Error(`${image}: ${digest}: ${answer.status}`);
    },
  };
}

async function put(where: URL, content: Buffer, type: string): Promise<void> {
  const headers = { 'content-type': type };
  const answer = await fetch(where, { method: 'PUT', headers, body: new Uint8Array(content) });
  if (!answer.ok) throw new Error(`${where.pathname}: ${answer.status} ${await answer.text()}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
