import { spawn } from 'node:child_process';
import { mkdtemp, readdir, realpath, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { WorldError } from '../../core/model/failures.ts';
import { createGitReader } from './mirror.ts';
import type { MirrorReader } from './mirror.ts';

const noise = Array.from({ length: 9000 }, (_, index) => `${(index * 7919) % 104729}`).join('\n');
let dir = '';
let server: GitServer;
let url = '';
let commits: ReadonlyMap<string, string>;
let cacheDir = '';
let caches = 0;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-cache-')));
  ({ commits } = await makeUpstream(join(dir, 'nova'), {
    branches: [
      {
        name: 'master',
        commits: [
          { message: 'One', label: 'one', files: { f: 'one\n', noise } },
          { message: 'Two', label: 'two', files: { f: 'two\n' } },
        ],
      },
    ],
    tags: [{ name: '1.0.0', target: 'one', message: 'one\n' }],
  }));
  server = await serveGit(dir);
  url = `${server.url}/nova`;
});
beforeEach(() => {
  cacheDir = join(dir, `cache-${++caches}`);
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

function reader(): MirrorReader {
  return createGitReader({ cacheDir, deadlineMs: 20_000 });
}

function fileAt(label: string, path = 'f') {
  return { url, commit: commits.get(label) ?? label, ref: 'refs/heads/master', paths: [path] };
}

async function stores(): Promise<readonly string[]> {
  return (await readdir(join(cacheDir, 'git'))).map((name) => join(cacheDir, 'git', name));
}

describe('a cache', () => {
  it('is not stopped by locks that a kill left behind', async () => {
    await reader().readFiles(fileAt('one'));
    const [store = ''] = await stores();
    const long = new Date('2020-01-01');
    for (const name of ['shallow.lock', 'packed-refs.lock', 'config.lock', 'HEAD.lock', 'held-x']) {
      await writeFile(join(store, name), '');
      await utimes(join(store, name), long, long);
    }
    expect((await reader().readFiles(fileAt('two'))).get('f')).toBe('two\n');
  });

  it.each(['.pack', '.idx'])('is replaced when its %s files are cut short', async (suffix) => {
    const request = { url, ref: 'refs/heads/master', notRefs: [] };
    await reader().readFiles(fileAt('two'));
    await reader().reachableTags(request);
    for (const store of await stores()) {
      const packs = join(store, 'objects', 'pack');
      const names = (await readdir(packs)).filter((name) => name.endsWith(suffix));
      for (const name of names) await truncate(join(packs, name), 100);
    }
    expect((await reader().readFiles(fileAt('two'))).get('f')).toBe('two\n');
    expect(await reader().reachableTags(request)).toEqual(['1.0.0']);
  });

  it('is replaced when it claims to hold what it does not', async () => {
    const request = { url, ref: 'refs/heads/master', notRefs: [] };
    await reader().reachableTags(request);
    await reader().readFiles(fileAt('one'));
    for (const store of await stores()) {
      const claim = `${'2'.repeat(40)} refs/held/x\nrubbish\n`;
      await writeFile(join(store, 'held'), claim);
    }
    expect(await reader().reachableTags(request)).toEqual(['1.0.0']);
    expect((await reader().readFiles(fileAt('two'))).get('f')).toBe('two\n');
  });

  it('cannot be where a file is, and says so', async () => {
    await writeFile(cacheDir, '');
    const answer = reader().readFiles(fileAt('two'));
    await expect(answer).rejects.toBeInstanceOf(WorldError);
    await expect(answer).rejects.toThrow(`${url}: the cache failed: `);
  });

  it('serves several processes at once', async () => {
    const ref = 'refs/heads/master';
    const asked = Array.from({ length: 6 }, async (_, index) => {
      const label = index % 2 === 0 ? 'one' : 'two';
      const mine = reader();
      const texts = await mine.readFiles(fileAt(label));
      return [texts.get('f'), await mine.reachableTags({ url, ref, notRefs: [] })];
    });
    const answers = await Promise.all(asked);
    expect(answers.map(([text]) => text)).toEqual([
      'one\n',
      'two\n',
      'one\n',
      'two\n',
      'one\n',
      'two\n',
    ]);
    expect(answers.map(([, tags]) => tags)).toEqual(answers.map(() => ['1.0.0']));
    expect((await stores()).filter((path) => path.includes('scratch-'))).toEqual([]);
  });

  it('is of use after its process was killed at any point', async () => {
    const mirror = new URL('./mirror.ts', import.meta.url).href;
    const program = `
      import { createGitReader } from ${JSON.stringify(mirror)};
      process.stdout.write('!');
      const reader = createGitReader({ cacheDir: ${JSON.stringify(cacheDir)}, deadlineMs: 9000 });
      await reader.readFiles(${JSON.stringify(fileAt('one', 'noise'))});
    `;
    for (const delay of [5, 20, 40, 70, 110]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await pause(delay);
      child.kill('SIGKILL');
      await ended;
      expect((await reader().readFiles(fileAt('two'))).get('f')).toBe('two\n');
    }
    const all = await reader().readFiles(fileAt('one', 'noise'));
    expect(all.get('noise')).toBe(noise);
  });
});
