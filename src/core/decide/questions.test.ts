import { describe, expect, it } from 'vitest';
import { catalogOf, component, pinOf, stateOf, tagPin } from '../../../test/support/facts.ts';
import type { Upstream } from '../../../test/support/facts.ts';
import type { Component } from '../model/component.ts';
import type { Pin } from '../model/source-ref.ts';
import { historyQuestions, refQuestions, tagQuestions } from './questions.ts';

const upstream: Upstream = {
  listed: { nova: { '2025.1': ['31.0.0'], '2025.2': ['32.0.0', '32.1.0', '32.2.1'] } },
};

function ask(pin: Pin, components: readonly Component[] = []) {
  const { releases } = stateOf(upstream);
  return refQuestions(catalogOf([pin], components), releases, 'only what may move');
}

describe('the refs that are asked for', () => {
  it('are none where the list says that a tag pin is the newest', () => {
    expect(ask(tagPin('2025.2', 'nova', '32.2.1'))).toEqual([]);
  });

  it('are those of newer versions of the series, and no others', () => {
    expect(ask(tagPin('2025.2', 'nova', '32.0.0'))).toEqual([
      { component: 'nova', prefixes: ['refs/tags/32.1.0', 'refs/tags/32.2.1'] },
    ]);
  });

  it('include the pin itself when every pin is to be looked at', () => {
    const catalog = catalogOf([tagPin('2025.2', 'nova', '32.2.1')]);
    const asked = refQuestions(catalog, stateOf(upstream).releases, 'all pins');
    expect(asked).toEqual([{ component: 'nova', prefixes: ['refs/tags/32.2.1'] }]);
  });

  it('are for a branch also what may have taken its place', () => {
    expect(ask(pinOf('2025.1', 'nova', { kind: 'branch', branch: 'stable/2025.1' }))).toEqual([
      {
        component: 'nova',
        prefixes: [
          'refs/heads/stable/2025.1',
          'refs/heads/unmaintained/2025.1',
          'refs/tags/2025.1-eol',
          'refs/tags/2025.1-eom',
        ],
      },
    ]);
  });

  it('stay within the release line of a project that has its own', () => {
    const ovn = component('ovn', {
      build: 'autotools',
      branch: 'branch-{line}',
      tag: 'v{version}',
    });
    expect(ask(tagPin('2025.2', 'ovn', 'v25.09.1'), [ovn])).toEqual([
      { component: 'ovn', prefixes: ['refs/tags/v25.09.'] },
    ]);
  });

  it('are one question for a component that several series pin', () => {
    const pins = [tagPin('2025.1', 'nova', '30.0.0'), tagPin('2025.2', 'nova', '32.1.0')];
    const asked = refQuestions(catalogOf(pins), stateOf(upstream).releases, 'only what may move');
    expect(asked).toEqual([
      { component: 'nova', prefixes: ['refs/tags/31.0.0', 'refs/tags/32.2.1'] },
    ]);
  });
});

describe('the tag messages that are asked for', () => {
  it('are those of tagged candidates, once each', () => {
    const state = stateOf({ ...upstream, tags: { nova: ['32.1.0', '32.2.0'] } });
    const catalog = catalogOf([tagPin('2025.2', 'nova', '32.0.0')]);
    expect(tagQuestions(catalog, state).map(({ tag }) => tag)).toEqual(['32.1.0']);
  });
});

describe('history', () => {
  const pin = tagPin('2025.2', 'plugin', '1.0.0');

  it('is asked for where no deliverable lists the component', () => {
    const heads = { plugin: { 'stable/2025.2': 'here', 'stable/2025.1': 'before' } };
    expect(historyQuestions(catalogOf([pin]), stateOf({ heads }))).toEqual([
      {
        component: 'plugin',
        series: '2025.2',
        url: 'https://git.example/plugin',
        ref: 'refs/heads/stable/2025.2',
        notRefs: ['refs/heads/stable/2025.1'],
      },
    ]);
  });

  it('takes the mark of a series whose branch is gone', () => {
    const state = stateOf({
      heads: { plugin: { 'stable/2025.2': 'here' } },
      tags: { plugin: ['2025.1-eol'] },
    });
    expect(historyQuestions(catalogOf([pin]), state)[0]?.notRefs).toEqual(['refs/tags/2025.1-eol']);
  });

  it('is not asked for where the series has no branch', () => {
    expect(historyQuestions(catalogOf([pin]), stateOf({ heads: { plugin: {} } }))).toEqual([]);
  });
});

describe('the tags of a release line', () => {
  it('are asked for by what stands before their version', () => {
    const plugin = component('plugin', { tag: 'r{version}-lts', branch: 'line-{line}' });
    const catalog = catalogOf([tagPin('2025.2', 'plugin', 'r1.2.3-lts')], [plugin]);
    expect(refQuestions(catalog, stateOf({}).releases, 'only what may move')).toEqual([
      { component: 'plugin', prefixes: ['refs/tags/r1.2.'] },
    ]);
  });
});
