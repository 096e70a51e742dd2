import { describe, expect, it } from 'vitest';
import {
  catalogOf,
  commitNamed,
  component,
  pinOf,
  stateOf,
  tagPin,
} from '../../../test/support/facts.ts';
import type { Upstream } from '../../../test/support/facts.ts';
import type { Component } from '../model/component.ts';
import type { IgnoreRule } from '../model/policy.ts';
import type { Pin } from '../model/source-ref.ts';
import { pinFacts } from './pin-facts.ts';
import { decidePin } from './versions.ts';

function decide(
  pin: Pin,
  upstream: Upstream,
  more: { components?: readonly Component[]; ignore?: readonly IgnoreRule[]; today?: string } = {},
) {
  const catalog = catalogOf([pin], more.components ?? []);
  const { move, held } = decidePin(pinFacts(pin, catalog, stateOf(upstream)), {
    ignore: more.ignore ?? [],
    today: more.today ?? '2026-11-21',
  });
  return {
    to: move?.to,
    jump: move?.jump,
    why: move?.why,
    held: held.map(({ version, why }) => [version, why.kind]),
  };
}

const glance: Upstream = {
  listed: {
    glance: {
      '2025.2': ['31.0.0.0rc1', '31.0.0', '31.1.0'],
      '2026.1': ['32.0.0.0b2', '32.0.0.0rc1', '32.0.0'],
    },
  },
  // 31.0.0.0b2 was withdrawn from the list of 2026.1; its tag stayed, three months after 31.0.0.
  tags: { glance: ['31.0.0', '31.0.0.0b2', '31.1.0', '32.0.0', '32.0.0.0b2'] },
};

const messaging: Upstream = {
  listed: {
    'oslo.messaging': {
      '2025.1': ['16.0.0', '16.1.0', '16.1.1', '16.1.2'],
      '2025.2': ['17.0.0', '17.1.0'],
      '2026.1': ['17.2.0', '17.3.0'],
    },
  },
  tags: { 'oslo.messaging': ['16.1.0', '16.1.1', '17.0.0', '17.1.0', '17.2.0', '17.3.0'] },
};

describe('a tag pin', () => {
  it('moves to the newest release of its series', () => {
    expect(decide(tagPin('2025.2', 'glance', '31.0.0'), glance)).toMatchObject({
      to: { kind: 'tag', tag: '31.1.0' },
      jump: 'minor',
      held: [],
    });
  });

  it('stays, with a reason, on the newest release of its series', () => {
    expect(decide(tagPin('2025.2', 'glance', '31.1.0'), glance).held).toEqual([
      [undefined, 'newest'],
    ]);
  });

  it('never takes a version of the next series that shares its major, and says whose it is', () => {
    const decision = decide(tagPin('2025.2', 'oslo.messaging', '17.0.0'), messaging);
    expect(decision.to).toEqual({ kind: 'tag', tag: '17.1.0' });
    expect(decision.held).toEqual([['17.3.0', 'other-series']]);
  });

  it('is moved and held at once where a newer version is listed and not tagged yet', () => {
    const decision = decide(tagPin('2025.1', 'oslo.messaging', '16.1.0'), messaging);
    expect(decision.to).toEqual({ kind: 'tag', tag: '16.1.1' });
    expect(decision.held).toEqual([['16.1.2', 'not-tagged']]);
  });

  it('of an older series moves into its own, and says whose it was', () => {
    const upstream = {
      ...messaging,
      listed: { 'oslo.messaging': { '2024.1': ['14.9.0'], '2025.2': ['17.1.0'] } },
    };
    expect(decide(tagPin('2025.2', 'oslo.messaging', '14.9.0'), upstream)).toMatchObject({
      to: { tag: '17.1.0' },
      jump: 'major',
      why: { wrongSeries: ['2024.1'] },
    });
  });

  it('of a newer series is held, for a pin never goes down by itself', () => {
    const decision = decide(tagPin('2025.2', 'oslo.messaging', '17.3.0'), messaging);
    expect(decision.to).toBeUndefined();
    expect(decision.held).toEqual([[undefined, 'wrong-series']]);
  });

  it('takes a pre-release only in a series in development', () => {
    const listed = { nova: { '2026.2': ['34.0.0.0b1'], '2026.1': ['33.0.0', '33.1.0.0rc1'] } };
    const upstream = { listed, tags: { nova: ['34.0.0.0b1', '33.0.0', '33.1.0.0rc1'] } };
    expect(decide(tagPin('2026.2', 'nova', '33.0.0'), upstream).to).toEqual({
      kind: 'tag',
      tag: '34.0.0.0b1',
    });
    expect(decide(tagPin('2026.1', 'nova', '33.0.0'), upstream).held).toEqual([
      ['33.1.0.0rc1', 'prerelease'],
      [undefined, 'newest'],
    ]);
  });

  it('leaves a release candidate for the final that stands on the same commit', () => {
    const upstream = {
      listed: { nova: { '2025.2': ['32.0.0.0rc1', '32.0.0'] } },
      tags: { nova: ['32.0.0.0rc1', '32.0.0'] },
    };
    expect(decide(tagPin('2025.2', 'nova', '32.0.0.0rc1'), upstream)).toMatchObject({
      to: { tag: '32.0.0' },
      jump: 'patch',
    });
  });

  it('is held where the message of the tag names another series', () => {
    const upstream = { ...glance, metas: { 'glance 31.1.0': 'gazpacho' } };
    expect(decide(tagPin('2025.2', 'glance', '31.0.0'), upstream)).toMatchObject({
      to: undefined,
      held: [['31.1.0', 'series-disagrees']],
    });
  });

  it('is held where the tag points to another commit than the list', () => {
    const upstream = { ...glance, tags: { glance: ['31.1.0=something else'] } };
    expect(decide(tagPin('2025.2', 'glance', '31.0.0'), upstream).held[0]).toEqual([
      '31.1.0',
      'commit-differs',
    ]);
  });

  it('never follows a life-cycle mark at the end of a list', () => {
    const upstream = {
      listed: { nova: { '2024.1': ['29.0.0', '29.2.0', '2024.1-eom'] } },
      tags: { nova: ['29.2.0', '2024.1-eom'] },
    };
    expect(decide(tagPin('2024.1', 'nova', '29.0.0'), upstream).to).toEqual({
      kind: 'tag',
      tag: '29.2.0',
    });
  });

  it('that is itself a mark, or no version, is held', () => {
    expect(decide(tagPin('2024.1', 'nova', '2024.1-eol'), {}).held).toEqual([
      [undefined, 'end-of-life'],
    ]);
    expect(decide(tagPin('2024.1', 'nova', 'essex-rc4'), {}).held).toEqual([
      [undefined, 'not-a-version'],
    ]);
  });

  it('of an unknown series is held', () => {
    expect(decide(tagPin('2031.1', 'nova', '29.0.0'), {}).held).toEqual([
      [undefined, 'unknown-series'],
    ]);
  });

  it('keeps to its release line where the component has lines of its own', () => {
    const ovn = component('ovn', {
      build: 'autotools',
      branch: 'branch-{line}',
      tag: 'v{version}',
    });
    const upstream = {
      tags: { ovn: ['v25.09.1', 'v25.09.4', 'v25.09.10', 'v26.03.2', 'v25.03.9'] },
    };
    expect(
      decide(tagPin('2025.2', 'ovn', 'v25.09.1'), upstream, { components: [ovn] }),
    ).toMatchObject({
      to: { tag: 'v25.09.10' },
      why: { line: '25.09' },
    });
    expect(
      decide(tagPin('2025.2', 'ovn', 'v25.09.10'), upstream, { components: [ovn] }).held,
    ).toEqual([[undefined, 'newest-of-line']]);
  });
});

describe('an ignore rule', () => {
  const rule = { component: 'glance', reason: 'waiting for the storage team', line: 3 };
  const pin = tagPin('2025.2', 'glance', '31.0.0');

  it('holds the move that there would be', () => {
    expect(decide(pin, glance, { ignore: [rule] }).held).toEqual([['31.1.0', 'ignored']]);
  });

  it('says nothing where there is no move', () => {
    const newest = tagPin('2025.2', 'glance', '31.1.0');
    expect(decide(newest, glance, { ignore: [rule] }).held).toEqual([[undefined, 'newest']]);
  });

  it('speaks of its own series only', () => {
    expect(decide(pin, glance, { ignore: [{ ...rule, series: '2026.1' }] }).to).toBeDefined();
  });

  it('ends on its day', () => {
    const dated = { ...rule, until: '2026-12-01' };
    expect(decide(pin, glance, { ignore: [dated], today: '2026-11-30' }).to).toBeUndefined();
    expect(decide(pin, glance, { ignore: [dated], today: '2026-12-01' }).to).toBeDefined();
  });

  it('ends with the version that it waits for', () => {
    expect(decide(pin, glance, { ignore: [{ ...rule, until: '31.2.0' }] }).to).toBeUndefined();
    expect(decide(pin, glance, { ignore: [{ ...rule, until: '31.1.0' }] }).to).toBeDefined();
  });
});

describe('a pin that follows a branch', () => {
  const commit = pinOf('2025.1', 'cinder', {
    kind: 'commit',
    commit: commitNamed('old'),
    follows: 'stable/2025.1',
  });
  const branch = pinOf('2025.1', 'cinder', { kind: 'branch', branch: 'stable/2025.1' });

  it('moves as a commit to the head of the branch', () => {
    const upstream = { heads: { cinder: { 'stable/2025.1': 'new' } } };
    expect(decide(commit, upstream).to).toEqual({
      kind: 'commit',
      commit: commitNamed('new'),
      follows: 'stable/2025.1',
    });
    expect(decide(commit, { heads: { cinder: { 'stable/2025.1': 'old' } } }).held).toEqual([
      [undefined, 'at-head'],
    ]);
  });

  it('stays as a branch and is watched', () => {
    expect(decide(branch, { heads: { cinder: { 'stable/2025.1': 'new' } } }).held).toEqual([
      [undefined, 'follows'],
    ]);
  });

  it('follows a branch that was renamed', () => {
    const upstream = { heads: { cinder: { 'unmaintained/2025.1': 'late' } } };
    expect(decide(branch, upstream)).toMatchObject({
      to: { kind: 'branch', branch: 'unmaintained/2025.1' },
      why: { kind: 'branch-renamed' },
    });
    expect(decide(commit, upstream).to).toMatchObject({
      follows: 'unmaintained/2025.1',
      commit: commitNamed('late'),
    });
  });

  it('ends at the mark of a branch that was deleted', () => {
    expect(decide(branch, { tags: { cinder: ['2025.1-eol'] } })).toMatchObject({
      to: { kind: 'tag', tag: '2025.1-eol' },
      why: { kind: 'branch-retired' },
    });
  });

  it('is held where nothing took the place of its branch', () => {
    expect(decide(branch, { heads: { cinder: { master: 'x' } } }).held).toEqual([
      [undefined, 'branch-gone'],
    ]);
  });
});
