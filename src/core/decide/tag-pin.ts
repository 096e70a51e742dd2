import diff from 'semver/functions/diff.js';
import { tagOfVersion, versionTextOf } from '../model/component.ts';
import { lifecycleOf } from '../model/tag-name.ts';
import { isFailure } from '../model/upstream.ts';
import type { RemoteRefs } from '../model/upstream.ts';
import { compareVersions, newestVersion, parseVersion } from '../model/version.ts';
import type { Version } from '../model/version.ts';
import type { Held, HeldReason, Jump, Move } from '../model/update.ts';
import { withoutRefs } from './pin-facts.ts';
import type { PinFacts } from './pin-facts.ts';

/** What is to become of one pin: at least one line of either kind. */
export interface PinDecision {
  readonly move?: Move;
  readonly held: readonly Held[];
}

/** A version that upstream offers, and the commit it is said to be. */
export interface Candidate {
  readonly version: Version;
  /** From the deliverable; `undefined` where membership was found by reachability. */
  readonly commit: string | undefined;
}

/** Holds the pin for one reason. */
export function hold(facts: PinFacts, why: HeldReason, version?: string): PinDecision {
  return { held: [held(facts, why, version)] };
}

function held(facts: PinFacts, why: HeldReason, version?: string): Held {
  return { pin: facts.pin, why, ...(version === undefined ? {} : { version }) };
}

/** Newest first, those that are newer than the pin (all of them where the pin is no version). */
export function newerCandidates(facts: PinFacts): readonly Candidate[] {
  const pinned = pinnedVersion(facts);
  return seriesCandidates(facts)
    .filter(({ version }) => !pinned || compareVersions(version, pinned) > 0)
    .sort((a, b) => compareVersions(b.version, a.version));
}

/** Decides about a pin that names a release of an OpenStack series. */
export function decideTagPin(facts: PinFacts): PinDecision {
  const pinned = pinnedVersion(facts);
  if (!pinned) return hold(facts, unversioned(facts));
  if (!facts.deliverable && !facts.reachable) return hold(facts, withoutMembership(facts));
  if (facts.reachable?.unread !== undefined) {
    return hold(facts, { kind: 'history-unread', problem: facts.reachable.unread });
  }
  const foreign = foreignVersions(facts, pinned);
  const refused: Held[] = [];
  for (const candidate of newerCandidates(facts)) {
    const why = refusal(facts, candidate);
    if (!why) return { move: moveTo(facts, candidate), held: [...foreign, ...refused] };
    // Where the repository did not answer, it did not for any version: that is one reason.
    if (isWithoutRefs(why)) return { held: [...foreign, held(facts, why)] };
    refused.push(held(facts, why, candidate.version.text));
  }
  // A newer release that is held for now says enough: the pin is not the newest.
  const isNewest = refused.every(({ why }) => why.kind === 'prerelease');
  const stays = isNewest ? [held(facts, ...staying(facts, pinned))] : [];
  return { held: [...foreign, ...refused, ...stays] };
}

function isWithoutRefs({ kind }: HeldReason): boolean {
  return kind === 'unreachable' || kind === 'unknown-component';
}

/** Size of a move as SemVer counts the first three numbers. */
export function jumpBetween(from: Version, to: Version): Jump {
  // SemVer refuses numbers that a JavaScript number cannot hold, PEP 440 does not.
  const [a, b] = [from, to].map(({ release: [major = 0, minor = 0, patch = 0] }) =>
    [major, minor, patch].map((number) => Math.min(number, Number.MAX_SAFE_INTEGER)).join('.'),
  ) as [string, string];
  const jump = diff(a, b);
  return jump === 'major' || jump === 'minor' ? jump : 'patch';
}

function pinnedVersion({ pin, component }: PinFacts): Version | undefined {
  if (pin.ref.kind !== 'tag') return undefined;
  return parseVersion(versionTextOf(component, pin.ref.tag) ?? '');
}

function unversioned({ pin }: PinFacts): HeldReason {
  const mark = pin.ref.kind === 'tag' ? lifecycleOf(pin.ref.tag) : undefined;
  return mark ? { kind: 'end-of-life', series: mark.series } : { kind: 'not-a-version' };
}

function withoutMembership(facts: PinFacts): HeldReason {
  const { pin, refs } = facts;
  if (refs && isFailure(refs)) return withoutRefs(facts, refs);
  return { kind: 'no-deliverable', branch: `stable/${pin.series}` };
}

/** What belongs to the series: the deliverable's list, else what only its branch reaches. */
function seriesCandidates({ deliverable, reachable, component }: PinFacts): Candidate[] {
  const texts = deliverable
    ? deliverable.releases.map(({ version, commit }) => ({ text: version, commit }))
    : (reachable?.tags ?? []).map((tag) => ({
        text: versionTextOf(component, tag) ?? '',
        commit: undefined,
      }));
  const candidates = texts.flatMap(({ text, commit }) => {
    const version = parseVersion(text);
    return version ? [[text, { version, commit }] as const] : [];
  });
  // A list may name a version twice; the last word counts.
  return [...new Map(candidates).values()];
}

/** Why a version of the series is not taken all the same; `undefined` when it is. */
function refusal(facts: PinFacts, candidate: Candidate): HeldReason | undefined {
  const { series, refs, pin } = facts;
  if (candidate.version.prerelease && series?.status !== 'development') {
    return { kind: 'prerelease', status: series?.status ?? 'maintained' };
  }
  if (!refs) throw new Error(`the refs of ${pin.component} were not asked for`);
  if (isFailure(refs)) return withoutRefs(facts, refs);
  return tagRefusal(facts, candidate, refs);
}

function tagRefusal(facts: PinFacts, candidate: Candidate, refs: RemoteRefs) {
  const seriesName = facts.series?.name ?? facts.pin.series;
  const name = tagOfVersion(facts.component, candidate.version.text);
  const tag = refs.tags.get(name);
  if (!tag) return { kind: 'not-tagged', seriesName } as const;
  if (candidate.commit !== undefined && candidate.commit !== tag.commit) {
    return { kind: 'commit-differs', listed: candidate.commit, tagged: tag.commit } as const;
  }
  const meta = facts.tagMeta(name);
  if (!meta) throw new Error(`the message of ${facts.pin.component} ${name} was not asked for`);
  if (meta.unread !== undefined) return { kind: 'unverified', problem: meta.unread } as const;
  const { seriesName: tagSays } = meta;
  // The first release tags, and those of out-of-tree projects, have no such line: nothing to compare.
  if (tagSays === undefined || tagSays === seriesName) return undefined;
  // Nor has a deliverable outside the series: which of its releases belong to one, history tells.
  if (tagSays === 'independent' && candidate.commit === undefined) return undefined;
  return { kind: 'series-disagrees', listed: seriesName, tagSays } as const;
}

function moveTo(facts: PinFacts, { version }: Candidate): Move {
  const { pin, component, refs, deliverable } = facts;
  const pinned = pinnedVersion(facts);
  const tag = tagOfVersion(component, version.text);
  const target = refs && !isFailure(refs) ? refs.tags.get(tag) : undefined;
  if (!pinned || !target) throw new Error(`${pin.component} ${tag} was chosen without its tag`);
  const elsewhere = deliverable && !isListed(facts, pinned) ? seriesListing(facts, pinned) : [];
  return {
    pin,
    to: { kind: 'tag', tag },
    commit: target.commit,
    kind: 'version',
    jump: jumpBetween(pinned, version),
    why: {
      kind: 'newest',
      series: pin.series,
      ...(elsewhere.length > 0 ? { wrongSeries: elsewhere } : {}),
    },
  };
}

function isListed({ deliverable }: PinFacts, version: Version): boolean {
  return deliverable?.releases.some((release) => release.version === version.text) ?? false;
}

/** Why nothing newer is left: the pin is the newest, or it never belonged here. */
function staying(facts: PinFacts, pinned: Version): [HeldReason, string?] {
  const status = facts.series?.status ?? 'maintained';
  if (isListed(facts, pinned)) return [{ kind: 'newest', status }];
  const belongsTo = seriesListing(facts, pinned);
  const known = !facts.deliverable || belongsTo.length === 0;
  const newest = seriesCandidates(facts)
    .filter(({ version }) => !version.prerelease)
    .sort((a, b) => compareVersions(b.version, a.version))[0];
  if (!known || (newest && compareVersions(pinned, newest.version) > 0)) {
    return [
      { kind: 'wrong-series', belongsTo, ...(newest ? { newest: newest.version.text } : {}) },
    ];
  }
  if (!newest) return [{ kind: 'no-version', seriesName: facts.series?.name ?? facts.pin.series }];
  return [{ kind: 'newest', status }];
}

function seriesListing({ deliverables }: PinFacts, version: Version): readonly string[] {
  return deliverables
    .filter(({ releases }) => releases.some((release) => release.version === version.text))
    .map(({ series }) => series);
}

/** The newest version with the pin's major that only other series list: "same major" would take it. */
function foreignVersions(facts: PinFacts, pinned: Version): Held[] {
  const foreign = facts.deliverables
    .filter(({ series }) => series !== facts.pin.series)
    .flatMap(({ releases }) => releases.flatMap(({ version }) => parseVersion(version) ?? []))
    .filter((version) => version.release[0] === pinned.release[0] && !version.prerelease)
    .filter((version) => compareVersions(version, pinned) > 0 && !isListed(facts, version));
  const newest = newestVersion(foreign);
  if (!facts.deliverable || !newest) return [];
  return [
    held(facts, { kind: 'other-series', belongsTo: seriesListing(facts, newest) }, newest.text),
  ];
}
