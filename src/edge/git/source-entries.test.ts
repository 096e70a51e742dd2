import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { createPlaces } from './place.ts';
import { createEntriesReader } from './source-entries.ts';
import type { EntriesReader, EntriesTarget } from './source-entries.ts';
import { createTrialMemo } from './trial-memo.ts';

let dir = '';
let server: GitServer;
let commits: ReadonlyMap<string, string> = new Map();
let caches = 0;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-entries-')));
  const upstream = await makeUpstream(join(dir, 'nova'), {
    branches: [
      {
        name: 'master',
        commits: ['one', 'two', 'three'].map((label) => ({
          ...{ message: label, label, files: { f: `${label}\n`, [label]: 'x\n' } },
        })),
      },
    ],
  });
  commits = upstream.commits;
  server = await serveGit(dir);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

function newCache(): string {
  return join(dir, `cache-${++caches}`);
}

function readerIn(cacheDir: string): EntriesReader {
  const places = createPlaces({ cacheDir, deadlineMs: 20_000 });
  return createEntriesReader(places, createTrialMemo(cacheDir));
}

function at(label: string): EntriesTarget {
  const commit = commits.get(label) ?? '';
  return { url: `${server.url}/nova`, ref: 'refs/heads/master', commit, paths: ['f', label] };
}

describe('sources that are asked for together', () => {
  it('share files, fetched or known', async () => {
    const cacheDir = newCache();
    const reader = readerIn(cacheDir);
    const [one, two] = await Promise.all(['one', 'two'].map((label) => reader.read(at(label))));
    expect([...(one?.entries.keys() ?? [])].sort()).toEqual(['f', 'one']);
    expect([...(two?.entries.keys() ?? [])].sort()).toEqual(['f', 'two']);
    expect(one?.files).toBe(two?.files);
    const three = await reader.read(at('three'));
    expect(three.files).not.toBe(one?.files);
    const again = readerIn(cacheDir);
    const before = server.requests.length;
    const known = await Promise.all(['one', 'two'].map((label) => again.read(at(label))));
    expect(known[0]?.files).toBe(known[1]?.files);
    // Their two f, and what has the same content in both.
    expect((await known[0]?.files.contents())?.size).toBe(3);
    expect(server.requests.length).toBe(before);
  });

  it('take what is known from the memo, and the rest from the server', async () => {
    const cacheDir = newCache();
    await readerIn(cacheDir).read(at('one'));
    const reader = readerIn(cacheDir);
    const before = server.requests.length;
    const [one, two] = await Promise.all(['one', 'two'].map((label) => reader.read(at(label))));
    expect([...(one?.entries.keys() ?? [])].sort()).toEqual(['f', 'one']);
    expect([...(two?.entries.keys() ?? [])].sort()).toEqual(['f', 'two']);
    expect(one?.files).toBe(two?.files);
    expect(server.requests.length).toBeGreaterThan(before);
  });
});

it('a source can be asked for again when the cache folder is mended', async () => {
  const cacheDir = newCache();
  const reader = readerIn(cacheDir);
  await mkdir(cacheDir);
  await writeFile(join(cacheDir, 'git'), 'no folder');
  await expect(reader.read(at('one'))).rejects.toThrow('the cache failed');
  await rm(join(cacheDir, 'git'));
  expect((await reader.read(at('one'))).entries.size).toBe(2);
});
