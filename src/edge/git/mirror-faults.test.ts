import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLines } from '../../../test/support/command-lines.ts';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { runGit as gitAtLarge } from '../../../sandbox/git.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { WorldError } from '../../core/model/failures.ts';
import { createGitReader } from './mirror.ts';
import type { MirrorReader } from './mirror.ts';

const noise = Array.from({ length: 9000 }, (_, index) => `${(index * 7919) % 104729}`).join('\n');
let dir = '';
let server: GitServer;
let old: GitServer;
let commits: ReadonlyMap<string, string>;
let cacheDir = '';
let caches = 0;

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-faults-')));
  for (const name of ['nova', 'strict', 'no-trees']) {
    ({ commits } = await makeUpstream(join(dir, name), {
      branches: [
        {
          name: 'master',
          commits: [
            { message: 'One', label: 'one', files: { f: 'one\n', noise } },
            { message: 'Two', label: 'two', files: { f: 'two\n' } },
          ],
        },
        { name: 'other', from: 'one', commits: [{ message: 'Three', label: 'three' }] },
      ],
      tags: [{ name: '1.0.0', target: 'one', message: 'one\n' }],
    }));
  }
  const strict = ['-C', join(dir, 'strict'), 'config'];
  await gitAtLarge([...strict, 'uploadpack.allowFilter', 'false']);
  await gitAtLarge([...strict, 'uploadpack.allowAnySHA1InWant', 'false']);
  await gitAtLarge(['-C', join(dir, 'no-trees'), 'config', 'uploadpackfilter.tree.allow', 'false']);
  server = await serveGit(dir);
  old = await serveGit(dir, { onlyVersion0: true });
});
beforeEach(() => {
  cacheDir = join(dir, `cache-${++caches}`);
  server.faults.clear();
});
afterAll(async () => {
  await Promise.all([server.close(), old.close()]);
  await rm(dir, { recursive: true });
});

function reader(deadlineMs = 20_000): MirrorReader {
  return createGitReader({ cacheDir, deadlineMs });
}

function fileAt(url: string, label = 'two') {
  return { url, commit: commits.get(label) ?? label, ref: 'refs/heads/master', paths: ['f'] };
}

async function complaint(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WorldError);
  const { message, remedy } = error as WorldError;
  expect(`${message}${remedy}`).not.toMatch(/[\n\r]|\.$/);
  return message;
}

describe('a server that is not what it should be', () => {
  it('answers with a web page', async () => {
    server.faults.set('/nova', { kind: 'html' });
    const url = `${server.url}/nova`;
    const why = `${url}: ${url}/info/refs not valid: is this a git repository?`;
    expect(await complaint(reader().readFiles(fileAt(url)))).toBe(why);
    expect(await complaint(reader().listRefs(url, []))).toBe(why);
  });

  it('wants a password, which nobody is asked for', async () => {
    const headers = { 'www-authenticate': 'Basic realm="x"' };
    server.faults.set('/nova', { kind: 'status', status: 401, headers });
    const url = `${server.url}/nova`;
    const why = await complaint(reader().listRefs(url, []));
    expect(why).toBe(
      `${url}: could not read Username for '${server.url}': terminal prompts disabled`,
    );
    const secret = url.replace('http://', 'http://user:hunter2@');
    expect(await complaint(reader().listRefs(secret, []))).not.toContain('hunter2');
  });

  it('never answers, and is given up with all that waits for it', async () => {
    server.faults.set('/nova', { kind: 'hang' });
    const url = `${server.url}/nova`;
    const why = await complaint(reader(300).readFiles(fileAt(url)));
    expect(why).toBe(`${url}: git fetch was stopped after 0.3 seconds`);
    expect(await commandLines()).not.toContain(url);
  });

  it.each(['file:///etc', 'ftp://127.0.0.1/x', 'ext::true', 'gopher://127.0.0.1/x'])(
    'sends us on to %s, where we do not go',
    async (to) => {
      server.faults.set('/nova', { kind: 'redirect', to });
      const why = await complaint(reader().listRefs(`${server.url}/nova`, []));
      expect(why).toMatch(/Protocol "\w+" .*disabled|Unsupported URL scheme/);
    },
  );

  it('sends us on in the middle of a conversation, where we do not go', async () => {
    const to = `${server.url}/strict/git-upload-pack`;
    server.faults.set('/nova/git-upload-pack', { kind: 'redirect', to });
    const why = await complaint(reader().readFiles(fileAt(`${server.url}/nova`)));
    expect(why).toContain('/nova: ');
    expect(server.requests.filter(({ path }) => path.startsWith('/strict'))).toEqual([]);
  });

  it.each([40, 200, 3000])(
    'breaks off after %i bytes, and nothing of that is kept',
    async (bytes) => {
      server.faults.set('/nova/git-upload-pack', { kind: 'truncate', bytes });
      const request = { ...fileAt(`${server.url}/nova`), paths: ['f', 'noise'] };
      await complaint(reader().readFiles(request));
      server.faults.clear();
      expect((await reader().readFiles(request)).get('noise')).toBe(noise);
    },
  );

  it.each(['nowhere', 'nova/refs'])('has no repository at %s', async (path) => {
    expect(await complaint(reader().listRefs(`${server.url}/${path}`, []))).toContain('not found');
    const file = `file://${join(dir, path)}`;
    expect(await complaint(reader().readFiles(fileAt(file)))).toMatch(
      /does not appear to be a git repository|not exist/,
    );
  });
});

describe('a place git may not go', () => {
  it.each([
    'ext::sh -c true',
    '-oProxyCommand=x',
    'fd::3',
    'ssh://-oProxyCommand=x/y',
    'a\nb',
    './x',
    '',
  ])('%j is refused', async (url) => {
    expect(await complaint(reader().listRefs(url, []))).toContain('is not a place git is allowed');
  });
});

describe('what upstream does not have', () => {
  it('is said of a commit', async () => {
    const none = '1'.repeat(40);
    const url = `${server.url}/nova`;
    expect(await complaint(reader().readFiles(fileAt(url, none)))).toBe(
      `${url}: it has no commit ${none}`,
    );
    const request = { url, ref: 'refs/heads/master', commit: none };
    expect(await complaint(reader().describe(request))).toBe(
      `${url}: refs/heads/master has no commit ${none}`,
    );
  });

  it('is said of a ref', async () => {
    const url = `${server.url}/nova`;
    const request = { url, ref: 'refs/heads/none', notRefs: [] };
    expect(await complaint(reader().reachableTags(request))).toBe(
      `${url}: couldn't find remote ref refs/heads/none`,
    );
  });
});

describe('an old or strict server', () => {
  it.each(['one', 'two'])('gives files at %s although it refuses filters', async (label) => {
    const request = fileAt(`${server.url}/strict`, label);
    expect((await reader().readFiles(request)).get('f')).toBe(`${label}\n`);
  });

  it.each(['one', 'two'])('gives files at %s although it refuses ids', async (label) => {
    for (const name of ['strict', 'nova']) {
      const request = fileAt(`${old.url}/${name}`, label);
      expect((await reader().readFiles(request)).get('f')).toBe(`${label}\n`);
    }
  });

  it('says what a ref does not contain', async () => {
    const url = `${old.url}/strict`;
    const three = commits.get('three') ?? '';
    await gitAtLarge(['-C', join(dir, 'strict'), 'update-ref', '-d', 'refs/heads/other']);
    expect(await complaint(reader().readFiles(fileAt(url, 'three')))).toBe(
      `${url}: it has no commit ${three}`,
    );
  });

  it.each(['no-trees', 'strict'])('gives history although it refuses filters: %s', async (name) => {
    const url = `file://${join(dir, name)}`;
    const ref = 'refs/heads/master';
    const mine = reader();
    expect(await mine.reachableTags({ url, ref, notRefs: [] })).toEqual(['1.0.0']);
    const commit = commits.get('two') ?? '';
    const described = { tag: '1.0.0', distance: 1, semVer: 'bugfix' };
    expect(await mine.describe({ url, ref, commit })).toEqual(described);
    const { tags } = await mine.listRefs(url, ['refs/tags/']);
    const tag = { name: '1.0.0', object: tags.get('1.0.0')?.object ?? '' };
    expect([...(await mine.readTagMessages(url, [tag]))]).toEqual([['1.0.0', 'one\n']]);
    expect(await mine.readFileHistory({ url, ref, path: 'f', limit: 5 })).toHaveLength(2);
  });
});
