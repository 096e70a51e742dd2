import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, realpath, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { runGit } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { damage, quiet, temporaries } from '../../../test/support/killed-crowd.ts';
import { temporaryName } from './leftovers.ts';
import { createGitReader } from './mirror.ts';
import { openOverlay } from './store.ts';

const many = Array.from({ length: 70 }, (_, at) => [`many/${at}`, `${at}\n`] as const);
const noise = Array.from({ length: 9000 }, (_, index) => `${(index * 7919) % 104729}`).join('\n');
let dir = '';
let server: GitServer;
let commits: ReadonlyMap<string, string>;
let cacheDir = '';
let caches = 0;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-store-')));
  ({ commits } = await makeUpstream(join(dir, 'nova'), {
    branches: [
      {
        name: 'master',
        commits: [
          {
            message: 'One',
            label: 'one',
            files: { f: 'one\n', noise, ...Object.fromEntries(many) },
          },
          { message: 'Two', label: 'two', files: { f: 'two\n' } },
        ],
      },
    ],
  }));
  server = await serveGit(dir);
});
beforeEach(() => {
  cacheDir = join(dir, `cache-${++caches}`);
  server.faults.clear();
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

function fileAt(label: string) {
  const commit = commits.get(label) ?? label;
  return { url: `${server.url}/nova`, commit, ref: 'refs/heads/master', paths: ['f'] };
}

async function textAt(label: string): Promise<string | undefined> {
  const texts = await createGitReader({ cacheDir, deadlineMs: 20_000 }).readFiles(fileAt(label));
  return texts.get('f');
}

const mirror = new URL('./mirror.ts', import.meta.url).href;

/** A process that reads a file; given while its fetch waits for the server. */
async function startReading(label: string) {
  const program = `import { createGitReader } from ${JSON.stringify(mirror)};
    const reader = createGitReader({ cacheDir: ${JSON.stringify(cacheDir)}, deadlineMs: 9000 });
    await reader.readFiles(${JSON.stringify(fileAt(label))});`;
  const before = server.requests.length;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'ignore',
  });
  while (server.requests.length === before) await sleep(10);
  return child;
}

// Elsewhere nobody can say when a process started, and what it left stays for an hour.
describe.runIf(process.platform === 'linux')('a git whose parent was killed', () => {
  it('may go on with its fetch, which comes to nothing', async () => {
    expect(await textAt('one')).toBe('one\n');
    server.faults.set('/nova', { kind: 'slow', ms: 300 });
    const child = await startReading('two');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(await temporaries(cacheDir)).not.toEqual([]);
    server.faults.clear();

    expect(await textAt('one')).toBe('one\n');
    expect(await textAt('two')).toBe('two\n');
    await quiet(cacheDir);
    expect(await textAt('two')).toBe('two\n');
    expect(await temporaries(cacheDir)).toEqual([]);
    expect(await damage(cacheDir)).toEqual([]);
  });

  it('is not heard of again, even if it was the first to fetch anything', async () => {
    server.faults.set('/nova', { kind: 'slow', ms: 300 });
    const child = await startReading('two');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await quiet(cacheDir);
    const [store = ''] = (await readdir(join(cacheDir, 'git'))).filter((name) =>
      name.endsWith('.git'),
    );
    expect(await readdir(join(cacheDir, 'git', store, 'objects', 'pack'))).toEqual([]);
    server.faults.clear();
    expect(await textAt('two')).toBe('two\n');
    expect(await temporaries(cacheDir)).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('a pack', () => {
  it.each([{ suffixes: ['.idx'] }, { suffixes: ['.idx', '.promisor'] }])(
    'whose move into the store was cut short is moved by the next one: $suffixes',
    async ({ suffixes }) => {
      expect(await textAt('one')).toBe('one\n');
      const git = join(cacheDir, 'git');
      const [store = ''] = await readdir(git);
      const packs = join(git, store, 'objects', 'pack');
      const { directory } = await openOverlay(join(git, store));
      const names = (await readdir(packs)).filter((name) =>
        suffixes.some((suffix) => name.endsWith(suffix)),
      );
      await mkdir(join(directory, 'objects', 'pack'));
      for (const name of names) {
        await rename(join(packs, name), join(directory, 'objects', 'pack', name));
      }
      // As if another process had made it that started at the boot, and is gone.
      await rename(directory, join(git, temporaryName().replace(/\.\d+-/, '.1-')));
      expect(await damage(cacheDir)).not.toEqual([]);

      const before = server.requests.length;
      expect(await textAt('one')).toBe('one\n');
      expect(server.requests.length).toBe(before);
      expect(await temporaries(cacheDir)).toEqual([]);
      expect(await damage(cacheDir)).toEqual([]);
    },
  );
});

describe('a store of very many packs', () => {
  it('becomes one of few, while others read in it', async () => {
    const all = { ...fileAt('one'), paths: ['many', 'f'] };
    await createGitReader({ cacheDir, deadlineMs: 20_000 }).readFiles(all);
    const git = join(cacheDir, 'git');
    const [name = ''] = await readdir(git);
    const store = join(git, name);
    const list = ['cat-file', '--batch-all-objects', '--batch-check=%(objectname)'];
    for (const id of (await runGit(['-C', store, ...list])).trimEnd().split('\n')) {
      const pack = ['pack-objects', '--quiet', 'objects/pack/pack'];
      await runGit(['-C', store, ...pack], `${id}\n`);
    }
    const before = server.requests.length;
    const texts = await Promise.all([1, 2, 3, 4].map(() => textAt('one')));
    expect(texts).toEqual(['one\n', 'one\n', 'one\n', 'one\n']);
    expect(server.requests.length).toBe(before);
    const names = await readdir(join(store, 'objects', 'pack'));
    expect(names.filter((file) => file.endsWith('.idx')).length).toBeLessThan(5);
    expect(await textAt('two')).toBe('two\n');
    expect(await temporaries(cacheDir)).toEqual([]);
    expect(await damage(cacheDir)).toEqual([]);
  });
});
