import { describe, expect, it } from 'vitest';
import type { Component } from '../core/model/component.ts';
import type { Upstream } from '../edge/upstream/upstream.ts';
import { withoutLocalUpstreams } from './safe-upstream.ts';

function component(name: string, upstream?: string): [string, Component] {
  const plain = { name, kind: 'library', build: 'python', tag: '{version}' } as const;
  return [name, { ...plain, ...(upstream !== undefined && { upstream }) }];
}

describe('the upstreams of a policy', () => {
  it('are asked over the network alone, without keys of this machine', async () => {
    const asked: string[] = [];
    const upstream: Pick<Upstream, 'listRefs'> = {
      listRefs: (queries) => {
        asked.push(...queries.map((query) => query.component));
        return Promise.resolve(new Map());
      },
    };
    const components = new Map([
      ...[component('nova'), component('ovn', 'https://github.com/ovn-org/ovn')],
      ...[component('etc', 'file:///etc'), component('keys', 'git@github.com:some/keys')],
    ]);
    const queries = [...components.keys()].map((name) => ({ component: name, prefixes: [] }));
    const answers = await withoutLocalUpstreams(upstream as Upstream).listRefs(queries, components);
    expect(asked).toEqual(['nova', 'ovn']);
    expect([...answers.keys()]).toEqual(['etc', 'keys']);
    expect(answers.get('etc')).toMatchObject({ what: 'refs of etc' });
  });
});
