import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLines } from '../../../test/support/command-lines.ts';
import { serveGit } from '../../../sandbox/git-http.ts';
import { WorldError } from '../../core/model/failures.ts';
import { GitFailure } from './failure.ts';
import { runGit } from './git.ts';
import { readRemote } from './remote.ts';

let dir = '';

beforeAll(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'pinwheel-git-')));
  await runGit(dir, ['init', '--quiet', 'repository']);
});
afterAll(() => rm(dir, { recursive: true }));

async function failureOf(work: Promise<unknown>): Promise<GitFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GitFailure) return error;
  throw new Error(`not a GitFailure: ${String(error)}`);
}

describe('a call of git', () => {
  it('takes bytes in and gives bytes out', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 200]);
    const repository = join(dir, 'repository');
    const hash = await runGit(repository, ['hash-object', '-w', '--stdin'], { input: bytes });
    const id = hash.stdout.toString().trim();
    expect((await runGit(repository, ['cat-file', 'blob', id])).stdout).toEqual(bytes);
  });

  it('sees nothing of the configuration of this machine, and of its environment only a few names', async () => {
    const path = process.env['PATH'];
    await mkdir(join(dir, 'bin'));
    await writeFile(join(dir, 'bin', 'git'), '#!/bin/sh\nexport -p\n', { mode: 0o755 });
    process.env['PATH'] = join(dir, 'bin');
    process.env['GIT_DIR'] = '/nowhere';
    process.env['SOME_TOKEN'] = 'ghp_0123456789abcdef';
    try {
      const printed = (await runGit(dir, ['version'])).stdout.toString();
      expect(printed).not.toMatch(/GIT_DIR|SOME_TOKEN/);
      expect(printed).toMatch(/HOME='\/dev\/null'/);
      expect(printed).toMatch(/GIT_CONFIG_GLOBAL='\/dev\/null'/);
    } finally {
      process.env['PATH'] = path;
      delete process.env['GIT_DIR'];
      delete process.env['SOME_TOKEN'];
    }
  });

  it('does not look for a repository above the directory', async () => {
    const failure = await failureOf(
      runGit(join(dir, 'repository', '.git', 'refs'), ['rev-parse', '--git-dir']),
    );
    expect(failure.message).toMatch(/^git rev-parse: not a git repository/);
  });

  it('fails on every exit code but 0, also when git is silent', async () => {
    const repository = join(dir, 'repository');
    const quiet = ['rev-parse', '--verify', '--quiet', 'refs/heads/none'];
    const failure = await failureOf(runGit(repository, quiet));
    expect(failure).toMatchObject({ kind: 'exit', code: 1 });
    expect(failure).toBeInstanceOf(WorldError);
    expect((await runGit(repository, quiet, { accept: [1] })).code).toBe(1);
  });

  it('says in one line that there is no git', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = dir;
    try {
      const failure = await failureOf(runGit(dir, ['version']));
      expect(failure).toMatchObject({ kind: 'no-git', message: 'git was not found' });
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('goes nowhere without a remote, and only by its protocol with one', async () => {
    const url = `file://${join(dir, 'repository')}`;
    const away = await failureOf(runGit(dir, ['ls-remote', url]));
    expect(away.message).toBe("git ls-remote: transport 'file' not allowed");
    await runGit(dir, ['ls-remote', 'upstream'], { remote: readRemote(url) });
    const other = await failureOf(
      runGit(dir, ['ls-remote', 'http://127.0.0.1:1/x'], { remote: readRemote(url) }),
    );
    expect(other.message).toBe("git ls-remote: transport 'http' not allowed");
  });

  it('keeps credentials out of its arguments and messages', async () => {
    const remote = readRemote('http://user:hunter2@127.0.0.1:1/nova');
    const failure = await failureOf(runGit(dir, ['ls-remote', 'upstream'], { remote }));
    expect(failure.message).toContain('http://127.0.0.1:1/nova');
    expect(`${failure.message} ${failure.complaint}`).not.toContain('hunter2');
  });

  it('ends git and all its helpers when the time is over', async () => {
    await writeFile(join(dir, 'x'), '');
    const server = await serveGit(dir, { faults: { '/hang': { kind: 'hang' } } });
    try {
      const remote = readRemote(`${server.url}/hang`);
      const start = performance.now();
      const failure = await failureOf(
        runGit(dir, ['ls-remote', 'upstream'], { remote, deadlineMs: 400 }),
      );
      expect(failure).toMatchObject({
        kind: 'deadline',
        message: 'git ls-remote was stopped after 0.4 seconds',
      });
      expect(performance.now() - start).toBeLessThan(3000);
      expect(await commandLines()).not.toContain(remote.url);
    } finally {
      await server.close();
    }
  });
});
