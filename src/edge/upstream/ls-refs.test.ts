import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServerOptions } from '../../../sandbox/git-http.ts';
import { makeUpstream, readRefs } from '../../../sandbox/upstreams.ts';
import { serveLoopback } from '../../../sandbox/wire.ts';
import type { LoopbackServer } from '../../../sandbox/wire.ts';
import { closeHttpClient, createHttpClient } from './http-client.ts';
import type { HttpClient } from './http-client.ts';
import type { ListedRefs } from './git-reader.ts';
import { listRefsOverHttp } from './ls-refs.ts';
import { encodeLine, flushPacket } from './pkt-line.ts';

let root = '';
let client: HttpClient;
const servers: LoopbackServer[] = [];
const prefixes = ['refs/tags/32.', 'refs/heads/stable/2025.2'];
const commit = 'c'.repeat(40);
const advertised = `${encodeLine('version 2\n')}${encodeLine('ls-refs\n')}${flushPacket}`;
const listed = `${encodeLine(`${commit} refs/heads/stable/2025.2\n`)}${flushPacket}`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-ls-refs-'));
  await makeUpstream(join(root, 'nova'), {
    branches: [
      { name: 'master', commits: [{ message: 'Start', files: { a: '1' } }] },
      { name: 'stable/2025.2', from: 'master', commits: [{ message: 'Fix', files: { a: '2' } }] },
    ],
    tags: [
      { name: '31.0.0', target: 'master', message: 'nova 31.0.0 release\n' },
      { name: '32.0.0', target: 'master', message: 'nova 32.0.0 release\n' },
      { name: '32.1.0', target: 'stable/2025.2' },
    ],
  });
});

beforeEach(async () => {
  client = createHttpClient(4, await mkdtemp(join(root, 'cache-')));
});

afterEach(async () => {
  closeHttpClient(client);
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(() => rm(root, { recursive: true }));

async function serveNova(options: GitServerOptions = {}): Promise<LoopbackServer> {
  const server = await serveGit(root, options);
  servers.push(server);
  return server;
}

async function serve(listener: RequestListener): Promise<LoopbackServer> {
  const server = await serveLoopback(listener);
  servers.push(server);
  return server;
}

function list(url: string, timeoutMs = 5000): Promise<ListedRefs | 'not-v2'> {
  return listRefsOverHttp({ url, prefixes, timeoutMs }, client);
}

function asked(server: LoopbackServer): readonly string[] {
  return server.requests.map(({ method, path }) => `${method} ${path}`);
}

const discovery = 'GET /nova/info/refs?service=git-upload-pack';
const question = 'POST /nova/git-upload-pack';

describe('asking for refs', () => {
  it('gives what the repository holds, tags with the commit behind them', async () => {
    const { url } = await serveNova();
    const refs = await readRefs(join(root, 'nova'));
    const answer = await list(`${url}/nova`);
    const start = refs.get('refs/heads/master');
    const fix = refs.get('refs/heads/stable/2025.2');
    expect(answer).toEqual({
      heads: new Map([['stable/2025.2', fix]]),
      tags: new Map([
        ['32.0.0', { object: refs.get('refs/tags/32.0.0'), commit: start }],
        ['32.1.0', { object: fix, commit: fix }],
      ]),
    });
  });

  it('takes two requests for the first repository of a host, and one for the next', async () => {
    const server = await serveNova();
    await list(`${server.url}/nova`);
    await list(`${server.url}/nova/`);
    expect(asked(server)).toEqual([discovery, question, question]);
    const bytes = server.requests.reduce((sum, each) => sum + each.bytesIn + each.bytesOut, 0);
    expect(bytes).toBeLessThan(3 * 1024);
  });

  it('takes one request where an earlier process has asked that host', async () => {
    const server = await serveNova();
    await list(`${server.url}/nova`);
    const cacheDir = dirname(client.v2HostsFile);
    closeHttpClient(client);
    await appendFile(client.v2HostsFile, 'damage\nhttp://\n\u0000\n');
    client = createHttpClient(4, cacheDir);
    await list(`${server.url}/nova`);
    expect(asked(server)).toEqual([discovery, question, question]);
  });

  it('gives all branches and tags where no prefix is named', async () => {
    const { url } = await serveNova();
    const request = { url: `${url}/nova`, prefixes: [], timeoutMs: 5000 };
    const answer = (await listRefsOverHttp(request, client)) as ListedRefs;
    expect([answer.heads.size, answer.tags.size]).toEqual([2, 3]);
  });

  it('finds nothing under a branch that has vanished', async () => {
    const { url } = await serveNova();
    const request = { url: `${url}/nova`, prefixes: ['refs/heads/gone'], timeoutMs: 5000 };
    const answer = await listRefsOverHttp(request, client);
    expect(answer).toEqual({ heads: new Map(), tags: new Map() });
  });

  it('takes a compressed answer', async () => {
    const { url } = await serve((request, response) => {
      const get = request.method === 'GET';
      response
        .writeHead(200, {
          'content-type': `application/x-git-upload-pack-${get ? 'advertisement' : 'result'}`,
          'content-encoding': 'gzip',
        })
        .end(gzipSync(get ? advertised : listed));
    });
    expect(await list(`${url}/nova`)).toMatchObject({
      heads: new Map([['stable/2025.2', commit]]),
    });
  });

  it('sends the credentials of the URL', async () => {
    let seen: string | undefined;
    const { url } = await serve((request, response) => {
      seen = request.headers.authorization;
      response.writeHead(404).end();
    });
    const secret = url.replace('//', '//user:to%40ken@');
    await expect(list(`${secret}/nova`)).rejects.toThrow(
      'answered 404: there is no such repository',
    );
    expect(seen).toBe(`Basic ${Buffer.from('user:to@ken').toString('base64')}`);
  });
});

describe('a server that only knows older protocols', () => {
  it('is left to git where it speaks version 0', async () => {
    const server = await serveNova({ onlyVersion0: true });
    expect(await list(`${server.url}/nova`)).toBe('not-v2');
  });

  it('is left to git where it is a folder of files', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(`${commit}\trefs/heads/master\n`);
    });
    expect(await list(`${url}/nova`)).toBe('not-v2');
  });

  it('is noticed where another repository of the host spoke version 2', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(405).end();
    });
    client.speaksV2.add(server.url);
    await expect(list(`${server.url}/nova`)).rejects.toThrow('answered HTTP 405');
    expect(asked(server)).toEqual([question, discovery]);
  });

  it('is noticed where the host has changed', async () => {
    const server = await serveNova({ onlyVersion0: true });
    client.speaksV2.add(server.url);
    expect(await list(`${server.url}/nova`)).toBe('not-v2');
    expect(client.speaksV2.size).toBe(0);
  });
});

describe('a redirect', () => {
  it('is followed, also when the host was asked directly', async () => {
    const target = await serveNova();
    const server = await serveNova({
      faults: { '/old': { kind: 'redirect', to: `${target.url}/nova` } },
    });
    expect(await list(`${server.url}/old`)).toMatchObject({ heads: { size: 1 } });
    expect(asked(target)).toEqual([discovery, question]);
    await list(`${server.url}/nova`);
    expect(await list(`${server.url}/old`)).toMatchObject({ heads: { size: 1 } });
  });

  it('within the host keeps the credentials, and to another host does not', async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const first = await serve((request, response) => {
      seen.push(request.headers.authorization);
      const home = request.url?.startsWith('/a/') === true;
      const location = home ? '/b/info/refs' : `${other.url.replace('//', '//x:y@')}/c/info/refs`;
      response.writeHead(302, { location }).end();
    });
    await expect(list(`${first.url.replace('//', '//u:t@')}/a`)).rejects.toThrow('404');
    const basic = `Basic ${Buffer.from('u:t').toString('base64')}`;
    expect(seen).toEqual([basic, basic, undefined]);
  });

  it.each([
    ['https://127.0.0.1/nova/info/refs', 'redirects from http: to https:, which is not followed'],
    ['file:///etc/info/refs', 'redirects from http: to file:, which is not followed'],
    ['/login?next=nova', 'redirects to a page that is not a git repository, perhaps a login'],
    ['http://[bad', 'answered 302 without a usable address'],
    ['/nova/info/refs?service=git-upload-pack', 'redirects more than 3 times'],
  ])('to %s is not', async (location, why) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(302, { location }).end();
    });
    await expect(list(`${url}/nova`)).rejects.toThrow(why);
  });
});
