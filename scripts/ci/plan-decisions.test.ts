import { describe, expect, test } from 'vitest';
import { aptSnapshot, cellNames, changedSince, decidePublish, shard } from './plan-decisions.ts';
import type { Event, PlanCell } from './plan-decisions.ts';

const sha = 'a'.repeat(40);

function event(change: Partial<Event>): Event {
  const base = { name: 'workflow_dispatch', commit: sha, publish: false, cells: '', base: '' };
  return { ...base, defaultBranch: 'main', ...change };
}

function cells(count: number): readonly PlanCell[] {
  return Array.from({ length: count }, (_, index) => ({
    service: `service${index}`,
    series: '2026.1',
    version: '1.0.0',
    digest: `v1:sha256:${'0'.repeat(64)}`,
    sharedBy: ['2025.2'],
    reason: 'asked for by name',
  }));
}

describe('cells of a run', () => {
  test.each([
    [0, []],
    [1, [1]],
    [18, [18]],
    [300, [120, 120, 60]],
  ])('%i cells go into matrices of %j, each of which GitHub starts', (count, sizes) => {
    const shards = shard(cells(count));
    expect(shards.map((one) => one.cells.length)).toEqual(sizes);
    expect(shards.flatMap((one) => one.cells).map(({ service }) => service)).toEqual(
      cells(count).map(({ service }) => service),
    );
    for (const one of shards) expect(one.cells.length * 2).toBeLessThanOrEqual(256);
    // An output of a job ends at a mebibyte.
    expect(JSON.stringify(shards).length).toBeLessThan(200_000);
  });

  test('a dispatch names them as cells of a plan, or by name', () => {
    expect(cellNames(event({ cells: '["nova/2025.2"]' }))).toEqual(['nova/2025.2']);
    expect(cellNames(event({ cells: JSON.stringify(cells(1)) }))).toEqual(['service0/2026.1']);
    expect(cellNames(event({ cells: '[]' }))).toEqual([]);
    expect(cellNames(event({ cells: ' ' }))).toBeUndefined();
    expect(() => cellNames(event({ cells: '[1]' }))).toThrow('cells: each is a name');
    expect(() => cellNames(event({ cells: '{}' }))).toThrow('cells: give a JSON list');
  });

  test('a push compares with what was there before, the first push of a branch with nothing', () => {
    expect(changedSince(event({ name: 'push', base: sha }))).toBe(sha);
    expect(changedSince(event({ name: 'push', base: '0'.repeat(40) }))).toBeUndefined();
    expect(changedSince(event({ name: 'pull_request', base: sha }))).toBe(sha);
    expect(changedSince(event({ base: sha }))).toBeUndefined();
  });
});

test.each([
  ['', '20261122T100000Z'],
  ['20260301T030400Z', '20260301T030400Z'],
  ['none', ''],
])('where the repository says %j, packages are those of %j', (asked, moment) => {
  expect(aptSnapshot(asked, new Date('2026-11-22T10:59:59.999Z'))).toBe(moment);
  expect(() => aptSnapshot('today', new Date())).toThrow('give a moment');
});

describe('whether a run publishes', () => {
  test('a pull request never does, whatever branches have its commit', () => {
    const asked = event({ name: 'pull_request', publish: true });
    expect(decidePublish(asked, ['main'])).toEqual({ publish: false });
  });

  test('a dispatch does when it is told to, and the commit is on a maintained branch', () => {
    expect(decidePublish(event({ publish: true }), ['topic', 'stable/x', 'main'])).toEqual({
      publish: true,
      branch: 'main',
    });
    expect(decidePublish(event({ publish: true }), ['stable/x'])).toEqual({
      publish: true,
      branch: 'stable/x',
    });
    expect(decidePublish(event({ publish: false }), ['main'])).toEqual({ publish: false });
  });

  test('a commit of a pull request or a fork is refused, whoever dispatches', () => {
    const refused = `${sha} is on no maintained branch, so it cannot be published`;
    expect(decidePublish(event({ publish: true }), ['topic'])).toEqual({ refused });
    expect(decidePublish(event({ publish: true }), [])).toEqual({ refused });
  });
});
