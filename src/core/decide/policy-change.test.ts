import { describe, expect, it } from 'vitest';
import type { Component } from '../model/component.ts';
import type { Policy } from '../model/policy.ts';
import type { Pin } from '../model/source-ref.ts';
import type { Held, Move } from '../model/update.ts';
import { policyChange, withUpstreamsOf } from './policy-change.ts';

const policy: Policy = {
  ...{ components: new Map(), ignore: [], builds: 'bot', branches: ['main'] },
  ...{ schedule: '17 */4 * * *', python: '3.12', merge: 'never' },
  limits: { openPullRequests: 10, commandsPerComment: 5, commandsPerHour: 10 },
};

function pin(component: string, line: number): Pin {
  const ref = { kind: 'tag', tag: '32.0.0' } as const;
  return {
    ...{ component, series: '2025.2', file: 'releases/2025.2/source-refs.yaml' },
    line,
    ref,
  };
}

function moving(component: string, line = 1): Move {
  return {
    ...{ pin: pin(component, line), to: { kind: 'tag', tag: '32.1.0' }, commit: 'c'.repeat(40) },
    ...{ kind: 'version', jump: 'minor', why: { kind: 'newest', series: '2025.2' } },
  };
}

function ignored(component: string): Held {
  return { pin: pin(component, 1), version: '32.1.0', why: { kind: 'ignored', because: 'later' } };
}

describe('another policy', () => {
  it('changes the settings that differ, and the fate of the pins that it decides otherwise', () => {
    const before = { policy, plan: { moves: [moving('nova'), moving('glance')], held: [] } };
    const after = {
      policy: {
        ...policy,
        builds: 'workflow',
        limits: { ...policy.limits, openPullRequests: 3 },
      } as const,
      plan: { moves: [moving('glance', 7)], held: [ignored('nova')] },
    };
    expect(policyChange(before, after)).toEqual({
      settings: [
        { key: 'builds', before: 'bot', after: 'workflow' },
        { key: 'limits.openPullRequests', before: '10', after: '3' },
      ],
      pins: [
        {
          ...{ series: '2025.2', component: 'nova' },
          before: { moves: [moving('nova')], held: [] },
          after: { moves: [], held: [ignored('nova')] },
        },
      ],
    });
  });

  it('that says the same changes nothing', () => {
    const outlook = { policy, plan: { moves: [moving('nova')], held: [ignored('glance')] } };
    expect(policyChange(outlook, outlook)).toEqual({ settings: [], pins: [] });
  });
});

describe('an upstream that a pull request names', () => {
  function components(...upstreams: readonly [string, string?][]): ReadonlyMap<string, Component> {
    return new Map(
      upstreams.map(([name, upstream]) => [
        name,
        {
          ...{ name, kind: 'service', build: 'python', tag: '{version}' },
          ...(upstream !== undefined && { upstream }),
        },
      ]),
    );
  }

  it('is asked only where the policy in force has the same', () => {
    const inForce = components(['ovn', 'https://a/ovn'], ['ovs', 'https://a/ovs'], ['nova']);
    const proposed = components(
      ['ovn', 'https://a/ovn'],
      ['ovs', 'file:///etc'],
      ['nova', 'http://10.0.0.1/'],
      ['new', 'https://b/new'],
    );
    const trusted = withUpstreamsOf(inForce, proposed);
    expect(trusted.unasked).toEqual(['ovs', 'nova', 'new']);
    expect([...trusted.components].map(([name, { upstream }]) => [name, upstream])).toEqual([
      ['ovn', 'https://a/ovn'],
      ['ovs', 'https://a/ovs'],
      ['nova', undefined],
      ['new', undefined],
    ]);
  });

  it('may be taken away, and is not asked then', () => {
    const trusted = withUpstreamsOf(components(['ovn', 'https://a/ovn']), components(['ovn']));
    expect(trusted).toEqual({ unasked: [], components: components(['ovn']) });
  });
});
