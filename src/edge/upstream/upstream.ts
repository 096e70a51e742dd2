import type { Component } from '../../core/model/component.ts';
import { UserError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type {
  CommitDescription,
  ReachableTags,
  RefQuery,
  Releases,
  RemoteRefs,
  TagMeta,
  UpstreamConstraints,
} from '../../core/model/upstream.ts';
import { createLimits } from './asking.ts';
import type { Asking } from './asking.ts';
import type { GitReader } from './git-reader.ts';
import { describeCommits, readReachableTags } from './history.ts';
import type { DescribeRequest, ReachableRequest } from './history.ts';
import { closeHttpClient, createHttpClient } from './http-client.ts';
import { listRefs } from './refs.ts';
import { readReleases } from './releases.ts';
import { checkTemplate } from './repository-url.ts';
import { readUpstreamConstraints } from './requirements.ts';
import type { ConstraintsRequest } from './requirements.ts';
import { readTagMetas } from './tag-metas.ts';
import type { TagRequest } from './tag-metas.ts';

export interface UpstreamOptions {
  /** In order of preference: `https://opendev.org/openstack/{component}`. */
  readonly templates: readonly string[];
  readonly cacheDir: string;
  readonly git: GitReader;
  /** Questions at once, over all methods. Default 32. */
  readonly concurrency?: number;
  /** For the refs of one repository at one URL. Default 20 s. */
  readonly deadlineMs?: number;
  /** After each question of a method. */
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/**
 * The upstream repositories. URLs in answers are without credentials; given back in a request,
 * they are asked with those of their template. What cannot be had is data, unless said otherwise.
 */
export interface Upstream {
  /** openstack/releases, with the deliverables of the series with these ids. Throws `WorldError`. */
  releases(series: readonly string[]): Promise<Releases>;
  /** Branches and tags of many repositories; every component that was asked about has an answer. */
  listRefs(
    queries: readonly RefQuery[],
    components: ReadonlyMap<string, Component>,
  ): Promise<ReadonlyMap<string, RemoteRefs | Failure>>;
  /** In the order of the requests, as are the next two. */
  tagMetas(requests: readonly TagRequest[]): Promise<readonly TagMeta[]>;
  reachableTags(requests: readonly ReachableRequest[]): Promise<readonly ReachableTags[]>;
  describe(requests: readonly DescribeRequest[]): Promise<readonly (CommitDescription | Failure)[]>;
  /** By series id. */
  constraints(
    requests: readonly ConstraintsRequest[],
  ): Promise<ReadonlyMap<string, UpstreamConstraints | Failure>>;
  /** Ends the connections that are kept open. */
  close(): void;
}

/** Throws `UserError` for a template that cannot be used. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const asking = createAsking(options);
  return {
    releases: (series) => readReleases(series, asking),
    listRefs: (queries, components) => listRefs(queries, components, asking),
    tagMetas: (requests) => readTagMetas(requests, asking),
    reachableTags: (requests) => readReachableTags(requests, asking),
    describe: (requests) => describeCommits(requests, asking),
    constraints: (requests) => readUpstreamConstraints(requests, asking),
    close: () => {
      closeHttpClient(asking.client);
    },
  };
}

function createAsking(options: UpstreamOptions): Asking {
  const { templates, cacheDir, git, concurrency = 32, deadlineMs = 20_000, onProgress } = options;
  const problem = templates.map(checkTemplate).find((text) => text !== undefined);
  if (problem !== undefined) {
    throw new UserError(
      `upstream template ${problem}`,
      'give a git URL with {component} in it, such as https://opendev.org/openstack/{component}',
    );
  }
  return {
    templates,
    cacheDir,
    git,
    client: createHttpClient(concurrency, cacheDir),
    ...createLimits(concurrency),
    deadlineMs,
    downUntil: new Map(),
    realUrls: new Map(),
    ...(onProgress ? { onProgress } : {}),
  };
}
