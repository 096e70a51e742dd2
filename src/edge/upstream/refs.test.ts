import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer, GitServerOptions } from '../../../sandbox/git-http.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import type { Component } from '../../core/model/component.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { RemoteRefs } from '../../core/model/upstream.ts';
import { createGitReader } from '../git/mirror.ts';
import { createUpstream } from './upstream.ts';
import type { Upstream, UpstreamOptions } from './upstream.ts';

let root = '';
const open: { close(): unknown }[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-refs-'));
  const branches = [{ name: 'master', commits: [{ message: 'Start', files: { a: '1' } }] }];
  const tags = [{ name: '32.0.0', target: 'master', message: 'release\n' }];
  for (const name of ['nova', 'keystone', 'glance', 'ovn']) {
    await makeUpstream(join(root, name), { branches, tags });
  }
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

afterAll(() => rm(root, { recursive: true }));

async function serve(options: GitServerOptions = {}): Promise<GitServer> {
  const server = await serveGit(root, options);
  open.push(server);
  return server;
}

function upstreamAt(bases: readonly string[], options: Partial<UpstreamOptions> = {}): Upstream {
  const upstream = createUpstream({
    templates: bases.map((base) => `${base}/{component}`),
    cacheDir: join(root, 'cache'),
    git: createGitReader({ cacheDir: join(root, 'cache'), deadlineMs: 10_000 }),
    ...options,
  });
  open.push(upstream);
  return upstream;
}

async function ask(upstream: Upstream, component = 'nova'): Promise<RemoteRefs | Failure> {
  const queries = [{ component, prefixes: ['refs/tags/32.', 'refs/heads/master'] }];
  const answers = await upstream.listRefs(queries, new Map());
  const answer = answers.get(component);
  if (!answer) throw new Error(`no answer for ${component}`);
  return answer;
}

/** A port of the loopback interface that nobody listens on. */
async function deadUrl(): Promise<string> {
  const server = await serveGit(root);
  await server.close();
  return server.url;
}

const found = { heads: { size: 1 }, tags: { size: 1 } };

const ofGone = {
  what: 'refs of gone',
  about: { kind: 'component', component: 'gone' },
};

describe('the refs of many components', () => {
  it('are asked for at once, each answered under its name', async () => {
    const server = await serve();
    const seen: string[] = [];
    const upstream = upstreamAt([server.url], {
      concurrency: 2,
      onProgress: (done, total, what) => seen.push(`${done}/${total} ${what}`),
    });
    const names = ['nova', 'keystone', 'glance', 'gone'];
    const queries = names.map((component) => ({ component, prefixes: ['refs/tags/32.'] }));
    const answers = await upstream.listRefs(
      [...queries, { component: 'nova', prefixes: ['refs/heads/master'] }],
      new Map(),
    );
    expect([...answers.keys()]).toEqual(names);
    expect(answers.get('nova')).toMatchObject({ ...found, url: `${server.url}/nova` });
    expect(answers.get('glance')).toMatchObject({ heads: { size: 0 }, tags: { size: 1 } });
    expect(answers.get('gone')).toEqual({
      ...ofGone,
      why: `${server.url}/gone answered 404: there is no such repository`,
      absent: true,
    });
    expect(seen.at(-1)).toMatch(/^4\/4 refs of /);
    expect(seen).toHaveLength(4);
  });

  it('come from the URL of the policy where there is one', async () => {
    const server = await serve();
    const upstream = upstreamAt([await deadUrl()]);
    const ovn: Component = {
      name: 'northbound',
      kind: 'library',
      build: 'autotools',
      upstream: `${server.url}/ovn`,
      tag: '{version}',
    };
    const queries = [{ component: 'northbound', prefixes: ['refs/tags/32.', 'refs/heads/master'] }];
    const answers = await upstream.listRefs(queries, new Map([['northbound', ovn]]));
    expect(answers.get('northbound')).toMatchObject({ ...found, url: `${server.url}/ovn` });
  });

  it.each(['../nova', '--upload-pack=x'])('are not asked of %s', async (name) => {
    expect(await ask(upstreamAt([(await serve()).url]), name)).toMatchObject({
      why: `"${name}" is not a repository name`,
    });
  });

  it('come through git from a folder, and from a server that speaks an old protocol', async () => {
    const old = await serve({ onlyVersion0: true });
    expect(await ask(upstreamAt([root]))).toMatchObject({ ...found, url: join(root, 'nova') });
    expect(await ask(upstreamAt([`file://${root}`]))).toMatchObject(found);
    expect(await ask(upstreamAt([old.url]))).toMatchObject(found);
  });

  it('have a reason when git cannot list them either', async () => {
    const answer = await ask(upstreamAt([join(root, 'nowhere')]));
    expect(answer).toMatchObject({ what: 'refs of nova', absent: true });
    expect((answer as Failure).why).toContain(join(root, 'nowhere/nova'));
    expect((answer as Failure).why).not.toContain('\n');
  });
});

describe('the second template', () => {
  it.each([
    ['does not have it', { kind: 'status', status: 404 }],
    ['wants a login', { kind: 'status', status: 401 }],
    ['shows a page', { kind: 'html' }],
    ['redirects to itself', { kind: 'redirect', to: '/nova' }],
  ] as const)('is used when the first %s', async (_name, fault) => {
    const first = await serve({ faults: { '/nova': fault } });
    const second = await serve();
    const answer = await ask(upstreamAt([first.url, second.url]));
    expect(answer).toMatchObject({ ...found, url: `${second.url}/nova` });
  });

  it('comes first from then on when the first host is down', async () => {
    const second = await serve();
    const hanging = await serve({ faults: { '/nova': { kind: 'hang' } } });
    const upstream = upstreamAt([hanging.url, second.url], { deadlineMs: 1500 });
    expect(await ask(upstream)).toMatchObject(found);
    const before = hanging.requests.length;
    expect(await ask(upstream, 'glance')).toMatchObject({ url: `${second.url}/glance` });
    expect(hanging.requests).toHaveLength(before);
  });

  it('does not hide why the first failed when it fails too', async () => {
    const [first, second] = [await deadUrl(), await serve()];
    const secret = second.url.replace('//', '//bot:s3cret@');
    expect(await ask(upstreamAt([first, secret]), 'gone')).toEqual({
      ...ofGone,
      why:
        `${first}/gone refused the connection; ` +
        `${second.url}/gone answered 404: there is no such repository`,
    });
  });
});

describe('a failure that passes', () => {
  it.each([
    ['503', { kind: 'status', status: 503 }],
    ['a cut connection', { kind: 'down' }],
    ['429 with Retry-After', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
  ] as const)('is tried again: %s', async (_name, fault) => {
    const server = await serve({ faults: { '/nova': { kind: 'at-first', requests: 1, fault } } });
    expect(await ask(upstreamAt([server.url]))).toMatchObject(found);
    expect(server.requests).toHaveLength(3);
  });

  it('is waited for as long as the server asks', async () => {
    const fault = { kind: 'status', status: 429, headers: { 'retry-after': '1' } } as const;
    const server = await serve({ faults: { '/nova': { kind: 'at-first', requests: 1, fault } } });
    const start = performance.now();
    expect(await ask(upstreamAt([server.url]))).toMatchObject(found);
    expect(performance.now() - start).toBeGreaterThan(1000);
  });

  it('is not waited for beyond the deadline', async () => {
    const headers = { 'retry-after': new Date(Date.now() + 60_000).toUTCString() };
    const server = await serve({
      faults: { '/nova': { kind: 'status', status: 503, headers } },
    });
    expect(await ask(upstreamAt([server.url]))).toMatchObject({
      why: expect.stringMatching(/nova answered HTTP 503, asking to wait \d+ s$/) as string,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is given up after three tries', async () => {
    const server = await serve({ faults: { '/nova': { kind: 'status', status: 500 } } });
    expect(await ask(upstreamAt([server.url]))).toMatchObject({
      why: `${server.url}/nova answered HTTP 500`,
    });
    expect(server.requests).toHaveLength(3);
  });

  it('is not mistaken for one that stays', async () => {
    const server = await serve({ faults: { '/nova': { kind: 'html' } } });
    expect(await ask(upstreamAt([server.url]))).toMatchObject({
      why: `${server.url}/nova answered text/html, not git`,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('of a host that hangs ends with the deadline', async () => {
    const server = await serve({ faults: { '/nova': { kind: 'hang' } } });
    const start = performance.now();
    const answer = await ask(upstreamAt([server.url], { deadlineMs: 600 }));
    expect(answer).toMatchObject({ why: `${server.url}/nova gave no answer in time` });
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

it('refuses a template that cannot be used', () => {
  expect(() => upstreamAt(['https://user:s3cret@example.org?x'])).toThrow(/has a query/);
});
