import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveGit } from './git-http.ts';
import { runGit } from './git.ts';
import { forkReplay } from './replay-process.ts';
import { manyNames, serveReplay } from './replay.ts';
import type { Recording } from './replay.ts';
import { makeUpstream } from './upstreams.ts';

const recording: Recording = new Map();
let root = '';
let listed = '';

/** Records what a listing, a listing by version 0 and a clone of nova ask, then stops the live server. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-replay-'));
  await makeUpstream(join(root, 'nova'), {
    branches: [{ name: 'master', commits: [{ message: 'Start', files: { a: '1\n' } }] }],
    tags: [{ name: '1.0.0', target: 'master', message: 'nova 1.0.0 release\n' }],
  });
  const live = await serveGit(root);
  const recorder = await serveReplay({ recording, live: live.url });
  listed = await runGit(['ls-remote', `${live.url}/nova`]);
  for (const version of ['0', '2']) {
    await runGit(['-c', `protocol.version=${version}`, 'ls-remote', `${recorder.url}/nova`]);
  }
  await runGit(['clone', '-q', '--bare', `${recorder.url}/nova`, join(root, 'first')]);
  await recorder.close();
  await live.close();
});

afterAll(() => rm(root, { recursive: true }));

describe('the replay server', () => {
  it('answers what was recorded as the live server did', async () => {
    const replay = await serveReplay({ recording });
    for (const version of ['0', '2']) {
      const list = ['-c', `protocol.version=${version}`, 'ls-remote', `${replay.url}/nova`];
      expect(await runGit(list)).toBe(listed);
    }
    await runGit(['clone', '-q', '--bare', `${replay.url}/nova`, join(root, 'second')]);
    expect(await runGit(['-C', join(root, 'second'), 'show', '1.0.0:a'])).toBe('1\n');
    expect(replay.misses).toEqual([]);
    expect(replay.requests.every(({ bytesIn, bytesOut }) => bytesIn > 100 && bytesOut > 100)).toBe(
      true,
    );
    await replay.close();
  });

  it('says what it cannot answer', async () => {
    const replay = await serveReplay({ recording });
    await expect(runGit(['ls-remote', `${replay.url}/glance`])).rejects.toThrow(/not found/);
    expect(replay.misses).toEqual(['GET /glance/info/refs?service=git-upload-pack']);
    await replay.close();
  });

  it('answers for many names, in a process of its own', async () => {
    const names = manyNames(400, ['nova']);
    const replay = await forkReplay({ recording, names });
    expect(await runGit(['ls-remote', `${replay.url}/component-399`])).toBe(listed);
    const report = await replay.report();
    expect(report.misses).toEqual([]);
    expect(report.requests.map(({ path }) => path)).toEqual([
      '/component-399/info/refs?service=git-upload-pack',
      '/component-399/git-upload-pack',
    ]);
    expect(await replay.report()).toEqual({ requests: [], misses: [] });
    await replay.close();
  });
});
