import type { Catalog } from '../model/catalog.ts';
import { hasReleaseLines, releaseLine, tagOfVersion, versionTextOf } from '../model/component.ts';
import type { Pin } from '../model/source-ref.ts';
import { isFailure } from '../model/upstream.ts';
import type { RefQuery, Releases, RemoteRefs, UpstreamState } from '../model/upstream.ts';
import { followedBranch, successorsOf } from './branch-pin.ts';
import { pinFacts, previousSeries } from './pin-facts.ts';
import type { PinFacts } from './pin-facts.ts';
import { newerCandidates } from './tag-pin.ts';

/** A tag whose message is to be read. */
export interface TagQuestion {
  readonly component: string;
  readonly url: string;
  readonly tag: string;
  readonly object: string;
}

/** Which tags a branch has that the series before does not: asked where no deliverable tells. */
export interface HistoryQuestion {
  readonly component: string;
  readonly series: string;
  readonly url: string;
  readonly ref: string;
  readonly notRefs: readonly string[];
}

/** What to ask each component's repository: nothing where openstack/releases says that a tag pin is the newest. */
export function refQuestions(
  catalog: Catalog,
  releases: Releases,
  pins: 'all pins' | 'only what may move',
): readonly RefQuery[] {
  const state: UpstreamState = emptyState(releases);
  const byComponent = new Map<string, Set<string>>();
  for (const pin of catalog.series.flatMap((series) => series.pins)) {
    const prefixes = [
      ...prefixesFor(pinFacts(pin, catalog, state), releases),
      ...(pins === 'all pins' ? [ownPrefix(pin)] : []),
    ];
    const known = byComponent.get(pin.component) ?? new Set();
    byComponent.set(pin.component, known);
    for (const prefix of prefixes) known.add(prefix);
  }
  return [...byComponent]
    .filter(([, prefixes]) => prefixes.size > 0)
    .map(([component, prefixes]) => ({ component, prefixes: [...prefixes].sort() }));
}

/** The tags that a decision may choose, whose messages it will want to have read. */
export function tagQuestions(catalog: Catalog, state: UpstreamState): readonly TagQuestion[] {
  const questions = new Map<string, TagQuestion>();
  for (const pin of catalog.series.flatMap((series) => series.pins)) {
    const facts = pinFacts(pin, catalog, state);
    if (pin.ref.kind !== 'tag' || hasReleaseLines(facts.component)) continue;
    if (!facts.refs || isFailure(facts.refs)) continue;
    for (const question of questionsOf(facts, facts.refs)) {
      questions.set(`${question.component} ${question.tag}`, question);
    }
  }
  return [...questions.values()];
}

/** Where membership has to be found in history, because no deliverable lists the component. */
export function historyQuestions(
  catalog: Catalog,
  state: UpstreamState,
): readonly HistoryQuestion[] {
  return catalog.series.flatMap(({ pins }) =>
    pins.flatMap((pin) => historyQuestion(pinFacts(pin, catalog, state), state.releases) ?? []),
  );
}

function emptyState(releases: Releases): UpstreamState {
  const none = { refs: new Map(), tagMetas: [], reachable: [], constraints: new Map() };
  return { releases, ...none };
}

function prefixesFor(facts: PinFacts, releases: Releases): readonly string[] {
  const { pin, component, deliverable } = facts;
  if (pin.ref.kind !== 'tag') return branchPrefixes(followedBranch(pin.ref));
  if (hasReleaseLines(component)) return linePrefixes(facts);
  if (deliverable) {
    return newerCandidates(facts).map(
      ({ version }) => `refs/tags/${tagOfVersion(component, version.text)}`,
    );
  }
  const before = previousSeries(pin.series, releases);
  return [
    'refs/tags/',
    ...branchPrefixes(`stable/${pin.series}`),
    ...(before === undefined ? [] : branchPrefixes(`stable/${before}`)),
  ];
}

function branchPrefixes(branch: string): readonly string[] {
  const { branches, tags } = successorsOf(branch);
  return [
    ...[branch, ...branches].map((name) => `refs/heads/${name}`),
    ...tags.map((name) => `refs/tags/${name}`),
  ];
}

function linePrefixes({ pin, component }: PinFacts): readonly string[] {
  const text = pin.ref.kind === 'tag' ? versionTextOf(component, pin.ref.tag) : undefined;
  if (text === undefined) return [];
  // What a tag has behind its version is no part of a prefix.
  const [before = ''] = component.tag.split('{version}');
  return [`refs/tags/${before}${releaseLine(text)}.`];
}

function ownPrefix(pin: Pin): string {
  return pin.ref.kind === 'tag'
    ? `refs/tags/${pin.ref.tag}`
    : `refs/heads/${followedBranch(pin.ref)}`;
}

function questionsOf(facts: PinFacts, refs: RemoteRefs): readonly TagQuestion[] {
  const { component } = facts;
  return newerCandidates(facts).flatMap(({ version }) => {
    const tag = tagOfVersion(component, version.text);
    const found = refs.tags.get(tag);
    if (!found) return [];
    return [{ component: component.name, url: refs.url, tag, object: found.object }];
  });
}

function historyQuestion(facts: PinFacts, releases: Releases): HistoryQuestion | undefined {
  const { pin, component, deliverable, refs, series } = facts;
  if (pin.ref.kind !== 'tag' || deliverable || hasReleaseLines(component) || !series)
    return undefined;
  if (!refs || isFailure(refs)) return undefined;
  const ref = firstRef(refs, `stable/${pin.series}`);
  if (ref === undefined) return undefined;
  const before = previousSeries(pin.series, releases);
  const notRef = before === undefined ? undefined : firstRef(refs, `stable/${before}`);
  const notRefs = notRef === undefined ? [] : [notRef];
  return { component: component.name, series: pin.series, url: refs.url, ref, notRefs };
}

/** The full name of a branch, or of what took its place; marks come last. */
function firstRef(refs: RemoteRefs, branch: string): string | undefined {
  const { branches, tags } = successorsOf(branch);
  const head = [branch, ...branches].find((name) => refs.heads.has(name));
  if (head !== undefined) return `refs/heads/${head}`;
  const tag = tags.find((name) => refs.tags.has(name));
  return tag === undefined ? undefined : `refs/tags/${tag}`;
}
