import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGit } from './git.ts';
import { extendUpstream, makeUpstream, readRefs } from './upstreams.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-upstreams-'));
});

afterAll(() => rm(root, { recursive: true }));

const description = {
  defaultBranch: 'main',
  branches: [
    {
      name: 'main',
      commits: [
        {
          label: 'first',
          message: 'First\n',
          author: 'Ada <ada@example.org>',
          date: '2025-05-01T12:00:00Z',
          files: {
            'odd "name"\n\\': 'one\n',
            'bytes.bin': Uint8Array.of(0, 255, 10, 0),
            run: { mode: 'executable', content: '#!/bin/sh\n' },
            link: { mode: 'symlink', content: 'run' },
          },
        },
        { message: 'Second\n', files: { 'bytes.bin': null } },
      ],
    },
    { name: 'gone', from: 'first', commits: [{ message: 'Side\n', label: 'side' }], deleted: true },
    { name: 'joined', from: 'main', commits: [{ message: 'Join\n', merges: ['side'] }] },
  ],
  tags: [
    { name: '1.0.0', target: 'first', message: 'One\n', date: '2025-05-02T00:00:00Z' },
    { name: 'light', target: 'side' },
  ],
} as const;

describe('an upstream', () => {
  it('is what its description says, with the same ids each time', async () => {
    const one = await makeUpstream(join(root, 'one'), description);
    const two = await makeUpstream(join(root, 'two'), description);
    expect(two.commits).toEqual(one.commits);
    expect([...(await readRefs(one.dir)).keys()]).toEqual([
      'refs/heads/joined',
      'refs/heads/main',
      'refs/tags/1.0.0',
      'refs/tags/light',
    ]);
    await runGit(['-C', one.dir, 'fsck', '--strict']);
    expect(await runGit(['-C', one.dir, 'log', '-1', '--format=%an %ct', '1.0.0'])).toBe(
      'Ada 1746100800\n',
    );
    expect(await runGit(['-C', one.dir, 'ls-tree', '-z', '1.0.0'])).toMatch(
      /^100644 .*bytes\.bin\x00120000 .*link\x00100644 .*odd "name"\n\\\x00100755 .*run\x00$/s,
    );
    expect(await runGit(['-C', one.dir, 'log', '-1', '--format=%p', 'joined'])).toMatch(/ /);
  });

  it('goes on from its branches, and loses refs when told to', async () => {
    const { dir } = await makeUpstream(join(root, 'three'), description);
    const later = await extendUpstream(dir, {
      branches: [
        { name: 'main', commits: [{ message: 'Third\n', label: 'third' }] },
        { name: 'renamed', from: 'joined' },
      ],
      tags: [{ name: '1.1.0', target: 'third', message: 'More\n' }],
      deletedRefs: ['refs/heads/joined'],
    });
    expect(await runGit(['-C', dir, 'log', '--format=%s', '1.1.0'])).toBe('Third\nSecond\nFirst\n');
    const refs = await readRefs(dir);
    expect(refs.get('refs/heads/main')).toBe(later.commits.get('third'));
    expect(refs.has('refs/heads/renamed') && !refs.has('refs/heads/joined')).toBe(true);
  });

  it('made again is brought to the new description', async () => {
    const { dir } = await makeUpstream(join(root, 'four'), description);
    const [main] = description.branches;
    await makeUpstream(dir, { branches: [main] });
    expect([...(await readRefs(dir)).keys()]).toEqual(['refs/heads/main']);
  });

  it('complains in the words of git when its description makes no sense', async () => {
    const making = makeUpstream(join(root, 'five'), { tags: [{ name: 'x', target: 'nowhere' }] });
    await expect(making).rejects.toThrow(/nowhere/);
  });
});
