import type { Component } from '../../core/model/component.ts';
import { WorldError } from '../../core/model/failures.ts';
import type { Failure } from '../../core/model/failures.ts';
import type { RefQuery, RemoteRefs } from '../../core/model/upstream.ts';
import { askEach } from './asking.ts';
import type { Asking } from './asking.ts';
import type { ListedRefs } from './git-reader.ts';
import { HttpFailure } from './http-failure.ts';
import { listRefsOverHttp } from './ls-refs.ts';
import { isHttp, repositoryUrls, withoutCredentials } from './repository-url.ts';
import { retrying } from './retry.ts';

/** How long a host that did not answer comes after the others: five minutes. */
const downMs = 300_000;

/** Why one URL gave no refs; `absent` where it says that there is no such repository. */
interface Refusal {
  readonly why: string;
  readonly absent: boolean;
}

/** How git puts it, for a folder, a server and a host of repositories. */
const absentWords =
  /repository\b.*\bnot found|does not exist|does not appear to be a git repository/i;

/** Asks many repositories at once. Each component that was asked about has an answer. */
export async function listRefs(
  queries: readonly RefQuery[],
  components: ReadonlyMap<string, Component>,
  asking: Asking,
): Promise<ReadonlyMap<string, RemoteRefs | Failure>> {
  const answers = await askEach(
    [...mergeQueries(queries)],
    {
      what: ([name]) => `refs of ${name}`,
      ask: async ([name, prefixes]) => {
        const component = components.get(name) ?? { name };
        return [name, await askRepository(component, [...prefixes], asking)] as const;
      },
    },
    asking,
  );
  return new Map(answers);
}

function mergeQueries(queries: readonly RefQuery[]): ReadonlyMap<string, ReadonlySet<string>> {
  const merged = new Map<string, Set<string>>();
  for (const { component, prefixes } of queries) {
    const known = merged.get(component) ?? new Set();
    merged.set(component, known);
    for (const prefix of prefixes) known.add(prefix);
  }
  return merged;
}

/** Asks one component's repository, at each of its URLs until one answers. */
export async function askRepository(
  component: { readonly name: string; readonly upstream?: string },
  prefixes: readonly string[],
  asking: Asking,
): Promise<RemoteRefs | Failure> {
  const failed = {
    what: `refs of ${component.name}`,
    about: { kind: 'component', component: component.name },
  } as const;
  const urls = repositoryUrls(component, asking.templates);
  if ('problem' in urls) return { ...failed, why: urls.problem, absent: true };
  const refusals: Refusal[] = [];
  for (const url of downLast(urls, asking)) {
    const shown = withoutCredentials(url);
    const answer = await askUrl(url, prefixes, asking);
    if ('why' in answer) {
      const { why, absent } = answer;
      refusals.push({ why: why.includes(shown) ? why : `${shown} ${why}`, absent });
      continue;
    }
    asking.realUrls.set(shown, url);
    return { url: shown, heads: answer.heads, tags: answer.tags };
  }
  const why = refusals.map((refusal) => refusal.why).join('; ');
  return { ...failed, why, ...(refusals.every(({ absent }) => absent) && { absent: true }) };
}

function downLast(urls: readonly string[], asking: Asking): readonly string[] {
  const now = performance.now();
  function isDown(url: string): boolean {
    return isHttp(url) && (asking.downUntil.get(new URL(url).origin) ?? 0) > now;
  }
  return [...urls.filter((url) => !isDown(url)), ...urls.filter(isDown)];
}

/** The refs, or why there are none. What is neither the server's nor git's failure is thrown on. */
async function askUrl(
  url: string,
  prefixes: readonly string[],
  asking: Asking,
): Promise<ListedRefs | Refusal> {
  try {
    const answer = isHttp(url) ? await askOverHttp(url, prefixes, asking) : 'not-v2';
    if (answer !== 'not-v2') return answer;
    return await asking.limitGit(() => asking.git.listRefs(url, prefixes));
  } catch (error) {
    if (error instanceof WorldError) {
      return { why: error.message, absent: absentWords.test(error.message) };
    }
    if (!(error instanceof HttpFailure)) throw error;
    if (error.hostIsDown) asking.downUntil.set(new URL(url).origin, performance.now() + downMs);
    return { why: error.message, absent: error.absent };
  }
}

function askOverHttp(
  url: string,
  prefixes: readonly string[],
  asking: Asking,
): Promise<ListedRefs | 'not-v2'> {
  const { client, deadlineMs } = asking;
  return asking.limit(() =>
    retrying((timeoutMs) => listRefsOverHttp({ url, prefixes, timeoutMs }, client), deadlineMs),
  );
}
