import type { Catalog, SeriesCatalog } from '../../src/core/model/catalog.ts';
import type { Component } from '../../src/core/model/component.ts';
import type { Policy } from '../../src/core/model/policy.ts';
import type { Series } from '../../src/core/model/series.ts';
import type { Pin, SourceRef } from '../../src/core/model/source-ref.ts';
import type { Deliverable, RemoteRefs, UpstreamState } from '../../src/core/model/upstream.ts';

/** A commit id that is the same for the same words. */
export function commitNamed(words: string): string {
  return Buffer.from(words).toString('hex').padEnd(40, '0').slice(0, 40);
}

export function component(name: string, more: Partial<Component> = {}): Component {
  return { name, kind: 'service', build: 'python', tag: '{version}', ...more };
}

export function pinOf(series: string, name: string, ref: SourceRef): Pin {
  const file = `releases/${series}/source-refs.yaml`;
  return { series, component: name, ref, file, line: 1 };
}

export function tagPin(series: string, name: string, tag: string): Pin {
  return pinOf(series, name, { kind: 'tag', tag });
}

const policy: Policy = {
  components: new Map(),
  ignore: [],
  builds: 'bot',
  merge: 'never',
  branches: ['main', 'stable/**'],
  schedule: '17 */4 * * *',
  python: '3.12',
  limits: { openPullRequests: 10, commandsPerComment: 5, commandsPerHour: 10 },
};

/** A catalog with nothing but pins. */
export function catalogOf(pins: readonly Pin[], components: readonly Component[] = []): Catalog {
  const ids = [...new Set(pins.map(({ series }) => series))].sort();
  const named = new Map(components.map((one) => [one.name, one]));
  for (const { component: name } of pins) if (!named.has(name)) named.set(name, component(name));
  const series = ids.map((id): SeriesCatalog => ({
    id,
    pins: pins.filter((pin) => pin.series === id),
    extras: new Map(),
    queues: new Map(),
  }));
  return { policy, components: named, series, images: new Map(), problems: [] };
}

const allSeries: readonly Series[] = [
  { id: '2026.2', name: 'hibiscus', status: 'development' },
  { id: '2026.1', name: 'gazpacho', status: 'maintained' },
  { id: '2025.2', name: 'flamingo', status: 'maintained' },
  { id: '2025.1', name: 'epoxy', status: 'maintained' },
  { id: '2024.1', name: 'caracal', status: 'unmaintained' },
];

export interface Upstream {
  /** Component, then series, then the versions that its deliverable lists. */
  readonly listed?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Component, then tags; a tag `x=words` points to the commit of those words. */
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  /** Component, then branches by name to the words of their head. */
  readonly heads?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `component tag` to the series name in the tag's message. */
  readonly metas?: Readonly<Record<string, string>>;
}

/** Upstream's state in a few words: each version's commit is named after the version. */
export function stateOf({
  listed = {},
  tags = {},
  heads = {},
  metas = {},
}: Upstream): UpstreamState {
  const names = new Set([...Object.keys(tags), ...Object.keys(heads)]);
  return {
    releases: {
      commit: commitNamed('releases'),
      series: allSeries,
      deliverables: deliverables(listed),
    },
    refs: new Map(
      [...names].map((name) => [name, refs(name, tags[name] ?? [], heads[name] ?? {})]),
    ),
    tagMetas: Object.entries(tags).flatMap(([name, list]) =>
      list.map((text) => {
        const [tag = ''] = text.split('=');
        const seriesName = metas[`${name} ${tag}`];
        return { component: name, tag, ...(seriesName === undefined ? {} : { seriesName }) };
      }),
    ),
    reachable: [],
    constraints: new Map(),
  };
}

function deliverables(listed: NonNullable<Upstream['listed']>) {
  const bySeries = new Map<string, Map<string, Deliverable>>();
  for (const [name, perSeries] of Object.entries(listed)) {
    for (const [series, versions] of Object.entries(perSeries)) {
      const releases = versions.map((version) => ({ version, commit: commitNamed(version) }));
      const known = bySeries.get(series) ?? new Map<string, Deliverable>();
      bySeries.set(
        series,
        known.set(name, { name, repository: `openstack/${name}`, series, releases }),
      );
    }
  }
  return bySeries;
}

function refs(
  name: string,
  tags: readonly string[],
  heads: Readonly<Record<string, string>>,
): RemoteRefs {
  return {
    url: `https://git.example/${name}`,
    heads: new Map(Object.entries(heads).map(([branch, words]) => [branch, commitNamed(words)])),
    tags: new Map(
      tags.map((text) => {
        const [tag = '', words = tag] = text.split('=');
        return [tag, { object: commitNamed(`tag ${tag}`), commit: commitNamed(words) }];
      }),
    ),
  };
}
