import type { ConstraintsFile } from './constraints.ts';
import type { Failure } from './failures.ts';
import type { Finding } from './finding.ts';
import type { Series } from './series.ts';

/** A tag as a server lists it. */
export interface RemoteTag {
  /** The id that the ref holds: the tag object where the tag is annotated. */
  readonly object: string;
  /** The commit it points to. */
  readonly commit: string;
}

/** What a repository offers, limited to the prefixes that were asked for. */
export interface RemoteRefs {
  /** The URL that answered. */
  readonly url: string;
  /** Branch name without `refs/heads/`, to commit. */
  readonly heads: ReadonlyMap<string, string>;
  /** Tag name without `refs/tags/`. */
  readonly tags: ReadonlyMap<string, RemoteTag>;
}

/** One release of a deliverable, as openstack/releases lists it. */
export interface ListedRelease {
  readonly version: string;
  readonly commit: string;
}

/** One repository's part of deliverables/<series name>/<deliverable>.yaml. */
export interface Deliverable {
  /** File name without `.yaml`: `glance-store` for openstack/glance_store. */
  readonly name: string;
  readonly repository: string;
  readonly series: string;
  readonly type?: string;
  readonly model?: string;
  /** In the file's order, life-cycle marks included. */
  readonly releases: readonly ListedRelease[];
}

/** openstack/releases at one commit. */
export interface Releases {
  readonly commit: string;
  readonly series: readonly Series[];
  /** By series id, then by component: `openstack/glance_store` is `glance_store`. */
  readonly deliverables: ReadonlyMap<string, ReadonlyMap<string, Deliverable>>;
  /** What could not be read of it: a component may have no deliverable for that reason alone. */
  readonly problems?: readonly Finding[];
}

/** upper-constraints.txt of a series, now and at the commit that the vendored copy came from. */
export interface UpstreamConstraints {
  readonly ref: string;
  readonly commit: string;
  /** `undefined` where the vendored copy comes from `commit` already: nothing moved, nothing was fetched. */
  readonly file?: ConstraintsFile;
  /** `undefined` where the vendored copy names no commit, or one that upstream does not have. */
  readonly base?: { readonly commit: string; readonly file: ConstraintsFile };
  /** Earlier states of the file, newest first, where `base` is not known: the caller finds it by content. */
  readonly history?: readonly { readonly commit: string; readonly file: ConstraintsFile }[];
}

/** What the message of an annotated release tag says of its series. */
export interface TagMeta {
  readonly component: string;
  readonly tag: string;
  /** The series' name from its `meta:series` line; `undefined` where the message has none. */
  readonly seriesName?: string;
  /** Why the message could not be read, where it could not. */
  readonly unread?: string;
}

/** Which tags a series' branch has that the branch before does not. */
export interface ReachableTags {
  readonly component: string;
  readonly series: string;
  readonly branch: string;
  readonly tags: readonly string[];
  /** Why history could not be read, where it could not; `tags` is empty then. */
  readonly unread?: string;
}

/** A commit and its place after the last release, as pbr counts. */
export interface CommitDescription {
  readonly component: string;
  readonly commit: string;
  /** The newest version tag on the nearest tagged commit; `undefined` where history has none. */
  readonly tag?: string;
  /** Commits since then. */
  readonly distance: number;
  /** The strongest `Sem-Ver:` footer among them. */
  readonly semVer: 'bugfix' | 'feature' | 'api-break';
}

/** What upstream offers now, as far as it was asked. */
export interface UpstreamState {
  readonly releases: Releases;
  /** By component. */
  readonly refs: ReadonlyMap<string, RemoteRefs | Failure>;
  readonly tagMetas: readonly TagMeta[];
  readonly reachable: readonly ReachableTags[];
  /** By series id. */
  readonly constraints: ReadonlyMap<string, UpstreamConstraints | Failure>;
}

/** A question to one component's repository. */
export interface RefQuery {
  readonly component: string;
  /** Ref prefixes such as `refs/tags/32.` or `refs/heads/stable/2025.2`. */
  readonly prefixes: readonly string[];
}

export function isFailure(value: object): value is Failure {
  return 'why' in value && 'what' in value;
}
