import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import { lockPath } from '../model/catalog.ts';
import { versionTextOf } from '../model/component.ts';
import type { Failure } from '../model/failures.ts';
import type { Finding } from '../model/finding.ts';
import type { Lock, LockContent, LockedComponent } from '../model/lock.ts';
import { refText } from '../model/source-ref.ts';
import type { Pin } from '../model/source-ref.ts';
import { isFailure } from '../model/upstream.ts';
import type { CommitDescription, RefQuery, RemoteRefs } from '../model/upstream.ts';
import { parseVersion } from '../model/version.ts';
import { followedBranch } from './branch-pin.ts';
import { versionOfCommit } from './pbr-version.ts';

/** A commit whose place in history has to be known, for pbr's sake. */
export interface DescribeQuestion {
  readonly component: string;
  readonly url: string;
  /** Full name of a ref that contains the commit. */
  readonly ref: string;
  readonly commit: string;
}

/** What upstream said about the pins of a catalog. */
export interface LockFacts {
  readonly refs: ReadonlyMap<string, RemoteRefs | Failure>;
  readonly descriptions: readonly (CommitDescription | Failure)[];
}

/** Where a pin's source is: a repository, a commit, and the full name of a ref that contains it. */
export interface PinTarget {
  readonly url: string;
  readonly ref: string;
  readonly commit: string;
}

/** The source of a pin as upstream has it now; a Failure where there is none. */
export function pinTarget(pin: Pin, refs: RemoteRefs | Failure | undefined): PinTarget | Failure {
  const what = `${pin.file}:${pin.line}: ${pin.component} ${refText(pin.ref)}`;
  if (!refs) throw new Error(`the refs of ${pin.component} were not asked for`);
  if (isFailure(refs)) return { ...refs, what };
  const commit = commitOf(pin, refs);
  if (commit !== undefined) return { url: refs.url, ref: fullRef(pin), commit };
  return {
    what,
    absent: true,
    why: `${refs.url} has no ${pin.ref.kind} of that name; run pinwheel update to see what took its place`,
  };
}

/** Which commits to describe: those that no version tag names. */
export function describeQuestions(
  pins: readonly Pin[],
  refs: LockFacts['refs'],
): readonly DescribeQuestion[] {
  return pins.flatMap((pin) => {
    const target = pinTarget(pin, refs.get(pin.component));
    if (isFailure(target) || (pin.ref.kind === 'tag' && parseVersion(pin.ref.tag))) return [];
    return [{ component: pin.component, ...target }];
  });
}

/** The pins that a lock has to ask upstream about: all of them, or those it does not hold yet. */
export function pinsToResolve(series: SeriesCatalog, which: 'all' | 'stale'): readonly Pin[] {
  if (which === 'all') return series.pins;
  return series.pins.filter(
    ({ component, ref }) => series.lock?.components.get(component)?.ref !== refText(ref),
  );
}

/** The refs that resolve some pins, by their full names. */
export function lockQuestions(pins: readonly Pin[]): readonly RefQuery[] {
  const byComponent = Map.groupBy(pins, ({ component }) => component);
  return [...byComponent].map(([component, group]) => ({
    component,
    prefixes: [...new Set(group.map((pin) => fullRef(pin)))].sort(),
  }));
}

/** A lock as far as it could be made, and what stood in the way of the rest. */
export interface BuiltLock {
  readonly lock: LockContent;
  readonly failed: readonly Failure[];
}

/**
 * The lock of one series: its pins as upstream has them now. Pins that `resolved` leaves out keep what
 * the lock held, and so do those that could not be resolved: they stay stale.
 */
export function buildLock(
  series: SeriesCatalog,
  catalog: Catalog,
  { resolved, facts }: { resolved: readonly Pin[]; facts: LockFacts },
): BuiltLock {
  const asked = new Set(resolved.map(({ component }) => component));
  const components = new Map<string, LockedComponent>();
  const failed: Failure[] = [];
  for (const pin of series.pins) {
    const before = series.lock?.components.get(pin.component);
    const now = before && !asked.has(pin.component) ? before : lockPin(pin, catalog, facts);
    if (isFailure(now)) failed.push(now);
    const entry = isFailure(now) ? before : now;
    if (entry) components.set(pin.component, entry);
  }
  const python = catalog.policy.python;
  const content = { series: series.id, python, components };
  return { lock: { ...content, baseImages: baseImages(catalog, series.lock) }, failed };
}

/** What makes a lock stale: it no longer says what the pins, the policy and the Dockerfiles say. */
export function lockFindings(series: SeriesCatalog, catalog: Catalog): readonly Finding[] {
  const { lock, id } = series;
  if (lock)
    return staleness(series, catalog, lock).map((why) => lockFinding(id, 'lock-stale', why));
  const missing = `series ${id} has no lock, so every command asks upstream`;
  return [lockFinding(id, 'lock-missing', missing)];
}

function lockFinding(series: string, code: string, message: string): Finding {
  const remedy = 'run pinwheel lock';
  return { code, file: lockPath(series), line: 1, level: 'warning', message, remedy };
}

function staleness(series: SeriesCatalog, catalog: Catalog, lock: Lock): readonly string[] {
  const pinned = new Map(series.pins.map((pin) => [pin.component, refText(pin.ref)]));
  const wrongPins = [...pinned].flatMap(([name, ref]) => {
    const entry = lock.components.get(name);
    if (!entry) return [`${name} is pinned and not locked`];
    return entry.ref === ref ? [] : [`${name} is locked at ${entry.ref} and pinned at ${ref}`];
  });
  const left = [...lock.components.keys()].filter((name) => !pinned.has(name));
  const images = baseImages(catalog, lock);
  const changed = [...new Set([...images.keys(), ...lock.baseImages.keys()])].filter(
    (name) => images.get(name) !== lock.baseImages.get(name),
  );
  return [
    ...wrongPins,
    ...left.map((name) => `${name} is locked and no longer pinned`),
    ...changed.map((name) => `base image ${name} has another digest than the Dockerfile`),
    ...(lock.python === catalog.policy.python
      ? []
      : [
          `target Python is locked as ${lock.python} and is ${catalog.policy.python} in the policy`,
        ]),
  ];
}

/** Digests as the Dockerfiles pin them; one that no Dockerfile pins keeps what the lock had. */
function baseImages(catalog: Catalog, previous: Lock | undefined): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  const external = [...catalog.images.values()].flatMap((image) => image.external);
  for (const { reference, digest } of external) {
    const known = digest ?? previous?.baseImages.get(reference);
    if (known !== undefined) digests.set(reference, known);
  }
  return new Map([...digests].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function fullRef({ ref }: Pin): string {
  return ref.kind === 'tag' ? `refs/tags/${ref.tag}` : `refs/heads/${followedBranch(ref)}`;
}

function commitOf({ ref }: Pin, refs: RemoteRefs): string | undefined {
  switch (ref.kind) {
    case 'tag':
      return refs.tags.get(ref.tag)?.commit;
    case 'branch':
      return refs.heads.get(ref.branch);
    case 'commit':
      return ref.commit;
  }
}

function lockPin(pin: Pin, catalog: Catalog, facts: LockFacts): LockedComponent | Failure {
  const target = pinTarget(pin, facts.refs.get(pin.component));
  if (isFailure(target)) return target;
  const { commit } = target;
  const version = lockedVersion(pin, catalog, { commit, descriptions: facts.descriptions });
  if (typeof version !== 'string') return version;
  return { component: pin.component, ref: refText(pin.ref), commit, version };
}

function lockedVersion(
  pin: Pin,
  catalog: Catalog,
  { commit, descriptions }: { commit: string } & Pick<LockFacts, 'descriptions'>,
): string | Failure {
  const component = catalog.components.get(pin.component);
  if (component && pin.ref.kind === 'tag') {
    const text = versionTextOf(component, pin.ref.tag);
    if (text !== undefined && parseVersion(text)) return text;
  }
  const found = descriptions.find(
    (one) => !isFailure(one) && one.component === pin.component && one.commit === commit,
  );
  if (found && !isFailure(found)) return versionOfCommit(found);
  const failure = descriptions.filter(isFailure).find(({ what }) => what.includes(commit));
  return (
    failure ?? {
      what: `version of ${pin.component} ${commit}`,
      why: 'its history could not be read',
    }
  );
}
