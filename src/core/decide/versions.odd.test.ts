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
  more: { components?: readonly Component[]; ignore?: readonly IgnoreRule[] } = {},
) {
  const facts = pinFacts(pin, catalogOf([pin], more.components ?? []), stateOf(upstream));
  const { move, held } = decidePin(facts, { ignore: more.ignore ?? [], today: '2026-11-21' });
  return {
    to: move?.to,
    jump: move?.jump,
    why: move?.why,
    held: held.map(({ version, why }) => [version, why.kind]),
  };
}

describe('what upstream or the policy may also say', () => {
  const nova: Upstream = {
    listed: { nova: { '2025.2': ['32.0.0', '32.1.0'], '2026.2': ['34.0.0', '34.1.0.0rc1'] } },
    tags: { nova: ['32.0.0', '32.1.0', '34.0.0', '34.1.0.0rc1'] },
  };

  it('obeys an ignore rule that stands behind one that is over', () => {
    const rule = { component: 'nova', reason: 'broken migrations' };
    const ignore = [
      { ...rule, until: '2026-01-01', line: 1 },
      { ...rule, line: 2 },
    ];
    expect(decide(tagPin('2025.2', 'nova', '32.0.0'), nova, { ignore })).toMatchObject({
      to: undefined,
      held: [['32.1.0', 'ignored']],
    });
  });

  it('waits for a version whatever its tag is called', () => {
    const plugin = component('plugin', { tag: 'release-{version}', branch: 'line-{line}' });
    const ignore = [{ component: 'plugin', until: '1.0.2', reason: 'waits', line: 1 }];
    const upstream = { tags: { plugin: ['release-1.0.0', 'release-1.0.2'] } };
    const pin = tagPin('2025.2', 'plugin', 'release-1.0.0');
    expect(decide(pin, upstream, { components: [plugin], ignore }).to).toEqual({
      kind: 'tag',
      tag: 'release-1.0.2',
    });
  });

  it('calls a listed pre-release the newest, though a final one is older', () => {
    expect(decide(tagPin('2026.2', 'nova', '34.1.0.0rc1'), nova).held).toEqual([
      [undefined, 'newest'],
    ]);
  });

  it('takes a version with a number that SemVer cannot hold', () => {
    const huge = '32.0.99999999999999999999';
    const upstream = { listed: { nova: { '2025.2': [huge] } }, tags: { nova: [huge] } };
    expect(decide(tagPin('2025.2', 'nova', '32.0.0'), upstream)).toMatchObject({
      to: { tag: huge },
      jump: 'patch',
    });
  });

  it('lets history decide where a tag says that its project is independent', () => {
    const pin = tagPin('2025.2', 'plugin', '1.0.0');
    const state = stateOf({
      tags: { plugin: ['1.0.0', '1.1.0'] },
      metas: { 'plugin 1.1.0': 'independent' },
    });
    const reachable = [
      { component: 'plugin', series: '2025.2', branch: 'stable/2025.2', tags: ['1.0.0', '1.1.0'] },
    ];
    const facts = pinFacts(pin, catalogOf([pin]), { ...state, reachable });
    expect(decidePin(facts, { ignore: [], today: '2026-11-21' }).move?.to).toEqual({
      kind: 'tag',
      tag: '1.1.0',
    });
  });

  it('pins the mark of a retired branch where a commit followed it', () => {
    const commit = commitNamed('fix');
    const pin = pinOf('2025.2', 'nova', { kind: 'commit', commit, follows: 'stable/2025.2' });
    expect(decide(pin, { tags: { nova: ['2025.2-eol'] } })).toMatchObject({
      to: { kind: 'tag', tag: '2025.2-eol' },
      why: { kind: 'branch-retired' },
    });
  });
});
