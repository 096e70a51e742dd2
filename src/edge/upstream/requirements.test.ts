import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer } from '../../../sandbox/git-http.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { UpstreamConstraints } from '../../core/model/upstream.ts';
import { createGitReader } from '../git/mirror.ts';
import type { ConstraintsRequest } from './requirements.ts';
import { createUpstream } from './upstream.ts';
import type { Upstream } from './upstream.ts';

let root = '';
let server: GitServer;
let upstream: Upstream;
let commits: ReadonlyMap<string, string> = new Map();

function state(label: string, text: string | null) {
  return { message: label, label, files: { 'upper-constraints.txt': text } };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinwheel-requirements-'));
  const made = await makeUpstream(join(root, 'requirements'), {
    branches: [
      { name: 'master', commits: [state('one', 'pbr===1.0\n'), state('two', 'pbr===2.0\n')] },
      {
        name: 'stable/2025.2',
        from: 'one',
        commits: [
          state('three', 'pbr===3.0\n'),
          { message: 'something else', label: 'four', files: { 'README.rst': 'x' } },
        ],
      },
      { name: 'unmaintained/2024.1', from: 'one' },
      { name: 'stable/2023.1', from: 'one', commits: [state('empty', null)] },
    ],
    tags: [
      { name: '2024.2-eol', target: 'two', message: 'end of life\n' },
      { name: '2024.2-eom', target: 'one' },
      { name: '2024.1-eom', target: 'two' },
    ],
  });
  commits = made.commits;
});

beforeEach(async () => {
  server = await serveGit(root);
  const cacheDir = await mkdtemp(join(root, 'cache-'));
  const git = createGitReader({ cacheDir, deadlineMs: 10_000 });
  upstream = createUpstream({ templates: [`${server.url}/{component}`], cacheDir, git });
});

afterEach(async () => {
  upstream.close();
  await server.close();
});

afterAll(() => rm(root, { recursive: true }));

async function readOne(request: ConstraintsRequest): Promise<UpstreamConstraints | Failure> {
  const answer = (await upstream.constraints([request])).get(request.series);
  if (!answer) throw new Error('no answer');
  return answer;
}

function versions(answer: UpstreamConstraints | Failure): readonly string[] {
  return 'why' in answer ? [] : (answer.file?.entries.map(({ version }) => version) ?? []);
}

function placeOf(answer: UpstreamConstraints | Failure): string {
  return 'why' in answer ? answer.why : `${answer.ref} ${answer.commit}`;
}

function commit(label: string): string {
  return commits.get(label) ?? '';
}

function constraintsOf(series: string): object {
  return { what: `constraints of ${series}`, about: { kind: 'constraints', series } };
}

describe('the constraints of a series', () => {
  it('are those of its branch, of what took its place, or of master before there is one', async () => {
    const answers = await upstream.constraints([
      { series: '2025.2', status: 'maintained' },
      { series: '2024.1', status: 'unmaintained' },
      { series: '2024.2', status: 'eol' },
      { series: '2026.2', status: 'development' },
      { series: '2027.1', status: 'future' },
    ]);
    const read = [...answers].map(([series, answer]) => [
      series,
      placeOf(answer),
      versions(answer),
    ]);
    expect(read).toEqual([
      ['2025.2', `stable/2025.2 ${commit('four')}`, ['3.0']],
      ['2024.1', `unmaintained/2024.1 ${commit('one')}`, ['1.0']],
      ['2024.2', `2024.2-eol ${commit('two')}`, ['2.0']],
      ['2026.2', `master ${commit('two')}`, ['2.0']],
      ['2027.1', `master ${commit('two')}`, ['2.0']],
    ]);
  });

  it('are not those of master once the series is released', async () => {
    expect(await readOne({ series: '2026.1', status: 'maintained' })).toEqual({
      ...constraintsOf('2026.1'),
      why: `${server.url}/requirements has none of stable/2026.1, unmaintained/2026.1, 2026.1-eol, 2026.1-eom`,
    });
  });

  it('cost one question for all series when none has moved', async () => {
    const answers = await upstream.constraints([
      { series: '2025.2', status: 'maintained', base: commit('four') },
      { series: '2024.2', status: 'eol', base: commit('two') },
    ]);
    expect([...answers]).toEqual([
      ['2025.2', { ref: 'stable/2025.2', commit: commit('four') }],
      ['2024.2', { ref: '2024.2-eol', commit: commit('two') }],
    ]);
    expect(server.requests).toHaveLength(2);
  });

  it('come with the file that the vendored copy was taken from', async () => {
    const base = commit('one');
    const answer = await readOne({ series: '2025.2', status: 'maintained', base });
    expect(versions(answer)).toEqual(['3.0']);
    expect(answer).toMatchObject({
      base: { commit: base, file: { entries: [{ version: '1.0' }] } },
    });
    expect(answer).not.toHaveProperty('history');
  });

  it.each([
    ['names no commit', {}],
    ['names a commit that upstream never had', { base: 'f'.repeat(40) }],
  ])('come with their history when the vendored copy %s', async (_name, base) => {
    const answer = await readOne({ series: '2025.2', status: 'maintained', ...base });
    expect(answer).not.toHaveProperty('base');
    expect(answer).toMatchObject({
      history: [
        { commit: commit('three'), file: { entries: [{ version: '3.0' }] } },
        { commit: commit('one'), file: { entries: [{ version: '1.0' }] } },
      ],
    });
  });

  it('have a reason when the file is not there', async () => {
    expect(await readOne({ series: '2023.1', status: 'maintained' })).toEqual({
      ...constraintsOf('2023.1'),
      why: `${server.url}/requirements has no usable upper-constraints.txt at stable/2023.1`,
    });
  });

  it('have a reason for each series when the repository cannot be had', async () => {
    server.faults.set('/requirements', { kind: 'html' });
    const answers = await upstream.constraints([
      { series: '2025.2', status: 'maintained' },
      { series: '2025.1', status: 'maintained' },
    ]);
    const why = `${server.url}/requirements answered text/html, not git`;
    expect([...answers.values()]).toEqual([
      { ...constraintsOf('2025.2'), why },
      { ...constraintsOf('2025.1'), why },
    ]);
  });

  it('have a reason when git fails after the refs are known', async () => {
    await readOne({ series: '2025.2', status: 'maintained', base: commit('four') });
    // This client asks the known host by POST; git starts with GET.
    server.faults.set('/requirements/info', { kind: 'status', status: 403 });
    const answer = await readOne({ series: '2025.2', status: 'maintained', base: commit('one') });
    expect(answer).toMatchObject({ what: 'constraints of 2025.2' });
    expect(answer).toHaveProperty('why');
  });
});
