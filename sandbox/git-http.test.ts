import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serveGit } from './git-http.ts';
import type { GitServer, GitServerOptions } from './git-http.ts';
import { runGit } from './git.ts';
import { makeUpstream } from './upstreams.ts';

// Twelve thousand lines that do not compress to nothing, so that git's answer has several chunks.
const long = Array.from({ length: 12_000 }, (_, index) => `${index * 7919}`).join('\n');

let root = '';
let server: GitServer | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-git-http-'));
  await makeUpstream(join(root, 'nova'), {
    branches: [
      {
        name: 'master',
        commits: [
          { message: 'Start', files: { 'setup.cfg': '[metadata]\nname = nova\n', long } },
          { message: 'Fix', files: { 'nova/api.py': 'LIMIT = 2\n' } },
        ],
      },
    ],
    tags: [{ name: '1.0.0', target: 'master', message: 'nova 1.0.0 release\n' }],
  });
});

afterEach(async () => {
  await server?.close();
  server = undefined;
});

afterAll(() => rm(root, { recursive: true }));

async function serve(options: GitServerOptions = {}): Promise<string> {
  server = await serveGit(root, options);
  return server.url;
}

function listRefs(url: string): Promise<string> {
  return runGit(['ls-remote', `${url}/nova`]);
}

describe('the git server', () => {
  it('serves a clone, and counts its requests and bytes', async () => {
    const url = await serve();
    await runGit(['clone', '-q', `${url}/nova`, join(root, 'clone')]);
    const head = await runGit(['-C', join(root, 'clone'), 'rev-parse', 'HEAD', '1.0.0^{commit}']);
    expect(new Set(head.trim().split('\n')).size).toBe(1);
    expect(server?.requests.map((request) => `${request.method} ${request.path}`)).toEqual([
      'GET /nova/info/refs?service=git-upload-pack',
      'POST /nova/git-upload-pack',
      'POST /nova/git-upload-pack',
    ]);
    expect(server?.requests.every(({ bytesIn, bytesOut }) => bytesIn > 100 && bytesOut > 100)).toBe(
      true,
    );
    expect(server?.requests[2]?.bytesOut).toBeGreaterThan(20_000);
  });

  it('leaves out blobs when asked to, and hands out any object by its id', async () => {
    const url = await serve();
    const partial = join(root, 'partial');
    await runGit(['clone', '-q', '--bare', '--filter=blob:none', `${url}/nova`, partial]);
    const missing = ['-C', partial, 'rev-list', '--objects', '--all', '--missing=print'];
    expect((await runGit(missing)).match(/^\?/gm)).toHaveLength(3);
    expect(await runGit(['-C', partial, 'show', 'HEAD:nova/api.py'])).toBe('LIMIT = 2\n');
  });

  it('takes a gzipped request body', async () => {
    const response = await fetch(`${await serve()}/nova/git-upload-pack`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
        'git-protocol': 'version=2',
      },
      body: gzipSync('0014command=ls-refs\n0000'),
    });
    expect(await response.text()).toContain('refs/heads/master');
  });

  it('can be one of old, which speaks version 0 only', async () => {
    const url = await serve({ onlyVersion0: true });
    expect(await listRefs(url)).toContain('refs/tags/1.0.0^{}');
    expect(server?.requests).toHaveLength(1);
  });

  it('does not take a push', async () => {
    const url = await serve();
    await expect(
      runGit(['-C', join(root, 'nova'), 'push', `${url}/nova`, 'master:other']),
    ).rejects.toThrow(/403/);
  });
});

describe('a fault of the git server', () => {
  it.each([
    ['down', { kind: 'down' }, /Empty reply|Recv failure|reset/],
    ['html', { kind: 'html' }, /not valid: is this a git repository/],
    ['status', { kind: 'status', status: 503 }, /503/],
    ['truncate', { kind: 'truncate', bytes: 30 }, /transfer closed|disconnect|hung up|end of/],
  ] as const)('can be %s', async (_, fault, complaint) => {
    await expect(listRefs(await serve({ faults: { '/nova': fault } }))).rejects.toThrow(complaint);
  });

  it('can cut a pack in the middle', async () => {
    const fault = { kind: 'truncate', bytes: 20_000 } as const;
    const url = await serve({ faults: { '/nova/git-upload-pack': fault } });
    const clone = runGit(['clone', '-q', '--bare', `${url}/nova`, join(root, 'cut')]);
    await expect(clone).rejects.toThrow(/early EOF|hung up|transfer closed|disconnect/);
  });

  it('can be that there is no answer at all', async () => {
    const url = await serve({ faults: { '/nova': { kind: 'hang' } } });
    const request = fetch(`${url}/nova/info/refs`, { signal: AbortSignal.timeout(100) });
    await expect(request).rejects.toThrow(/aborted due to timeout/);
  });

  it('can send the client elsewhere', async () => {
    const url = await serve();
    server?.faults.set('/old/nova', { kind: 'redirect', to: `${url}/nova` });
    expect(await runGit(['ls-remote', `${url}/old/nova`])).toBe(await listRefs(url));
  });

  it('can be slow, or over after some requests', async () => {
    const slow = { kind: 'slow', ms: 60 } as const;
    const url = await serve({
      faults: { '/nova/info': { kind: 'at-first', requests: 1, fault: slow } },
    });
    const started = performance.now();
    await fetch(`${url}/nova/info/refs?service=git-upload-pack`);
    expect(performance.now() - started).toBeGreaterThan(55);
    server?.faults.set('/nova', {
      kind: 'at-first',
      requests: 2,
      fault: { kind: 'status', status: 500 },
    });
    server?.faults.delete('/nova/info');
    await expect(listRefs(url)).rejects.toThrow(/500/);
    await expect(listRefs(url)).rejects.toThrow(/500/);
    expect(await listRefs(url)).toContain('refs/heads/master');
  });
});
