import { manyNames } from '../sandbox/replay.ts';
import { isFailure } from '../src/core/model/upstream.ts';
import type { RefQuery } from '../src/core/model/upstream.ts';
import { createGitReader } from '../src/edge/git/mirror.ts';
import { createUpstream } from '../src/edge/upstream/upstream.ts';
import type { Upstream } from '../src/edge/upstream/upstream.ts';
import { series, services } from './data.ts';

export interface Place {
  readonly url: string;
  readonly cacheDir: string;
  /** Questions at once. */
  readonly concurrency: number;
}

/** What a process that was just started does to learn what is new. */
export async function sweepOnce(place: Place, repositories: number): Promise<void> {
  const upstream = openUpstream(place);
  await sweep(upstream, repositories);
  upstream.close();
}

export async function sweep(upstream: Upstream, repositories: number): Promise<void> {
  const answers = await upstream.listRefs(queries(repositories), new Map());
  for (const answer of answers.values()) if (isFailure(answer)) throw new Error(answer.why);
}

export function openUpstream({ url, cacheDir, concurrency }: Place): Upstream {
  return createUpstream({
    templates: [`${url}/{component}`],
    cacheDir,
    git: createGitReader({ cacheDir, deadlineMs: 20_000 }),
    concurrency,
  });
}

/** Names of so many repositories, for each of which one of the six services answers. */
export function repositoryNames(count: number): ReadonlyMap<string, string> {
  return manyNames(count, [...services.keys()]);
}

/** For each name, what the service behind it is asked. */
function queries(count: number): readonly RefQuery[] {
  return [...repositoryNames(count)].map(([component, service]) => ({
    component,
    prefixes: prefixesOf(service),
  }));
}

/** What a pin to a branch and one to a tag of the series have to know. */
export function prefixesOf(service: string): readonly string[] {
  return [
    `refs/heads/stable/${series}`,
    `refs/heads/unmaintained/${series}`,
    `refs/tags/${series}-eol`,
    `refs/tags/${services.get(service)?.split('.')[0] ?? ''}.`,
  ];
}
