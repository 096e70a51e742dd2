import { describe, expect, it } from 'vitest';
import { catalogOf, commitNamed, pinOf, stateOf, tagPin } from '../../../test/support/facts.ts';
import type { Catalog } from '../model/catalog.ts';
import type { LockContent } from '../model/lock.ts';
import type { Pin } from '../model/source-ref.ts';
import type { CommitDescription } from '../model/upstream.ts';
import {
  buildLock,
  describeQuestions,
  lockFindings,
  lockQuestions,
  pinsToResolve,
} from './lock.ts';

const nova = tagPin('2025.2', 'nova', '32.2.1');
const cinder = pinOf('2025.2', 'cinder', {
  kind: 'commit',
  commit: commitNamed('fix'),
  follows: 'stable/2025.2',
});
const placement = pinOf('2025.2', 'placement', { kind: 'branch', branch: 'stable/2025.2' });
const pins: readonly Pin[] = [nova, cinder, placement];
const { refs } = stateOf({
  tags: { nova: ['32.2.1'] },
  heads: { cinder: { 'stable/2025.2': 'head' }, placement: { 'stable/2025.2': 'tip' } },
});
const descriptions: readonly CommitDescription[] = [
  { component: 'cinder', commit: commitNamed('fix'), tag: '27.0.0', distance: 9, semVer: 'bugfix' },
  {
    component: 'placement',
    commit: commitNamed('tip'),
    tag: '14.0.0',
    distance: 0,
    semVer: 'bugfix',
  },
];

function build(catalog: Catalog, resolved: readonly Pin[]) {
  return buildLock(catalog.series[0]!, catalog, { resolved, facts: { refs, descriptions } });
}

function locked(catalog: Catalog, content: LockContent): Catalog {
  const lock = { ...content, path: 'releases/2025.2/source-refs.lock.yaml' };
  return { ...catalog, series: catalog.series.map((series) => ({ ...series, lock })) };
}

describe('a lock', () => {
  const catalog = catalogOf(pins);

  it('asks for each pin by its full name, and for the place of untagged commits in history', () => {
    expect(lockQuestions(pins)).toEqual([
      { component: 'nova', prefixes: ['refs/tags/32.2.1'] },
      { component: 'cinder', prefixes: ['refs/heads/stable/2025.2'] },
      { component: 'placement', prefixes: ['refs/heads/stable/2025.2'] },
    ]);
    expect(
      describeQuestions(pins, refs).map(({ component, commit }) => [component, commit]),
    ).toEqual([
      ['cinder', commitNamed('fix')],
      ['placement', commitNamed('tip')],
    ]);
  });

  it('holds commit and version of tag, commit and branch', () => {
    const lock = build(catalog, pins).lock;
    expect([...lock.components.values()].map(({ ref, version }) => [ref, version])).toEqual([
      ['32.2.1', '32.2.1'],
      [commitNamed('fix'), '27.0.1.dev9'],
      ['stable/2025.2', '14.0.0'],
    ]);
    expect(lock.components.get('nova')?.commit).toBe(commitNamed('32.2.1'));
  });

  it('says what could not be resolved, and holds the rest', () => {
    const wrong = catalogOf([tagPin('2025.2', 'nova', '99.0.0'), cinder]);
    const { lock, failed } = build(wrong, wrong.series[0]!.pins);
    expect(failed).toMatchObject([{ absent: true }]);
    expect(failed[0]?.what).toContain('nova 99.0.0');
    expect([...lock.components.keys()]).toEqual(['cinder']);
  });

  it('is stale exactly where it no longer says what the pins say', () => {
    const fresh = locked(catalog, build(catalog, pins).lock);
    expect(lockFindings(fresh.series[0]!, fresh)).toEqual([]);
    const moved = { ...fresh.series[0]!, pins: [tagPin('2025.2', 'nova', '32.3.0'), cinder] };
    expect(lockFindings(moved, fresh).map(({ message }) => message)).toEqual([
      'nova is locked at 32.2.1 and pinned at 32.3.0',
      'placement is locked and no longer pinned',
    ]);
    expect(pinsToResolve(moved, 'stale').map(({ component }) => component)).toEqual(['nova']);
    const newer = { ...fresh, policy: { ...fresh.policy, python: '3.13' } };
    expect(lockFindings(fresh.series[0]!, newer)).toHaveLength(1);
  });

  it('that is missing is one finding', () => {
    expect(lockFindings(catalog.series[0]!, catalog).map(({ code }) => code)).toEqual([
      'lock-missing',
    ]);
  });

  it('keeps what it held for pins that are not resolved anew', () => {
    const old = locked(catalog, build(catalog, pins).lock);
    const { lock } = buildLock(old.series[0]!, old, {
      resolved: [],
      facts: { refs: new Map(), descriptions: [] },
    });
    expect(lock).toMatchObject({ components: old.series[0]!.lock!.components });
  });
});

describe('a lock without the history of one commit', () => {
  it('names that failure, not the one of a component with a longer name', () => {
    const client = pinOf('2025.2', 'python-cinder', { kind: 'branch', branch: 'master' });
    const failures = [client, cinder].map(({ component }) => ({
      what: `version of ${component} at ${commitNamed(component === 'cinder' ? 'fix' : 'head')}`,
      why: 'down',
    }));
    const both = new Map([...refs, ['python-cinder', refs.get('cinder')!]]);
    const catalog = catalogOf([cinder]);
    expect(
      buildLock(catalog.series[0]!, catalog, {
        resolved: [cinder],
        facts: { refs: both, descriptions: failures },
      }),
    ).toMatchObject({ failed: [failures[1]] });
  });
});
