import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServerOptions } from '../../../sandbox/git-http.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
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
const advertised = `${encodeLine('version 2\n')}${encodeLine('ls-refs\n')}${flushPacket}`;
const listed = `${encodeLine(`${'c'.repeat(40)} refs/heads/stable/2025.2\n`)}${flushPacket}`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-ls-refs-'));
  await makeUpstream(join(root, 'nova'), {
    branches: [{ name: 'stable/2025.2', commits: [{ message: 'Start', files: { a: '1' } }] }],
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

/** A server that speaks v2, up to the answer to the question. */
function serveAnswer(answer: (response: ServerResponse) => void): Promise<LoopbackServer> {
  return serve((request, response) => {
    const type = request.method === 'GET' ? 'advertisement' : 'result';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${type}` });
    if (request.method === 'GET') response.end(advertised);
    else answer(response);
  });
}

function list(url: string, timeoutMs = 5000): Promise<ListedRefs | 'not-v2'> {
  const prefixes = ['refs/tags/32.', 'refs/heads/stable/2025.2'];
  return listRefsOverHttp({ url, prefixes, timeoutMs }, client);
}

describe('a bad answer', () => {
  it.each(['/nova/info', '/nova/git-upload-pack'])('of HTML at %s is named', async (path) => {
    const { url } = await serveNova({ faults: { [path]: { kind: 'html' } } });
    await expect(list(`${url}/nova`)).rejects.toThrow('answered text/html, not git');
  });

  it('of HTML is named where the host is known to speak git', async () => {
    const { url } = await serveNova({ faults: { '/login': { kind: 'html' } } });
    await list(`${url}/nova`);
    await expect(list(`${url}/login`)).rejects.toThrow('answered text/html, not git');
  });

  it('that says no costs one request where the host is known', async () => {
    const server = await serveNova();
    await list(`${server.url}/nova`);
    await expect(list(`${server.url}/gone`)).rejects.toThrow('404: there is no such repository');
    expect(server.requests).toHaveLength(3);
  });

  it.each([1, 30])('that ends after %d bytes is a closed connection', async (bytes) => {
    const fault = { kind: 'truncate', bytes } as const;
    const { url } = await serveNova({ faults: { '/nova/git-upload-pack': fault } });
    await expect(list(`${url}/nova`)).rejects.toThrow('closed the connection before the end');
  });

  it.each([
    [listed.slice(0, -4), 'cut short'],
    [listed.slice(0, -10), 'cut short'],
    ['', 'cut short'],
  ])('whose list ends early is cut short (%#)', async (post, why) => {
    const { url } = await serveAnswer((response) => response.end(post));
    await expect(list(`${url}/nova`)).rejects.toThrow(why);
  });

  it('without end is stopped at 64 MB', async () => {
    const block = Buffer.alloc(4 * 1024 * 1024, '0006a\n');
    const { url } = await serveAnswer((response) => {
      writeForEver(response, block);
    });
    await expect(list(`${url}/nova`)).rejects.toThrow('answered more than 64 MB');
  });

  it('that swells to more than 64 MB is stopped too', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    const { url } = await serve((_request, response) => {
      response
        .writeHead(200, {
          'content-type': 'application/x-git-upload-pack-advertisement',
          'content-encoding': 'gzip',
        })
        .end(bomb);
    });
    await expect(list(`${url}/nova`)).rejects.toThrow('answered more than 64 MB');
  });

  it.each([
    ['br', 'answered in the encoding br, not gzip'],
    ['gzip', 'sent a damaged gzip answer'],
  ])('in a broken encoding (%s) is named', async (encoding, why) => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end('xyz');
    });
    await expect(list(`${url}/nova`)).rejects.toThrow(why);
  });

  it('that never comes ends with the deadline', async () => {
    const { url } = await serveNova({ faults: { '/nova': { kind: 'hang' } } });
    await expect(list(`${url}/nova`, 100)).rejects.toThrow('gave no answer in time');
  });

  it('that comes too slowly ends with the deadline', async () => {
    const { url } = await serveAnswer((response) => {
      response.write('0');
    });
    await expect(list(`${url}/nova`, 100)).rejects.toThrow('gave no answer in time');
  });

  it('of plain HTTP where TLS is spoken says so', async () => {
    const { url } = await serveNova();
    await expect(list(`${url.replace('http:', 'https:')}/nova`)).rejects.toThrow(
      'does not speak TLS',
    );
  });
});

function writeForEver(response: ServerResponse, block: Buffer): void {
  response.on('error', () => undefined);
  function more(): void {
    while (!response.destroyed && response.write(block));
  }
  response.on('drain', more);
  more();
}
