import pLimit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import type { GitReader } from './git-reader.ts';
import type { HttpClient } from './http-client.ts';

/** What every question to upstream shares. */
export interface Asking {
  readonly templates: readonly string[];
  readonly cacheDir: string;
  readonly client: HttpClient;
  readonly git: GitReader;
  /** Takes one place among all that is under way, HTTP or git. */
  readonly limit: LimitFunction;
  /** As `limit`, and one of the fewer places for git, which costs a process. */
  readonly limitGit: <T>(work: () => Promise<T>) => Promise<T>;
  readonly deadlineMs: number;
  /** Origins that did not answer, and until when they are tried last (`performance.now`). */
  readonly downUntil: Map<string, number>;
  /** From URLs as they are shown to those with credentials in them. */
  readonly realUrls: Map<string, string>;
  readonly onProgress?: (done: number, total: number, what: string) => void;
}

/** git processes at once: more of them only wait for the processor and annoy the host. */
const maxGit = 8;

export function createLimits(concurrency: number): Pick<Asking, 'limit' | 'limitGit'> {
  const limit = pLimit(concurrency);
  const git = pLimit(Math.min(maxGit, concurrency));
  return { limit, limitGit: (work) => git(() => limit(work)) };
}

/** The URL to use for one that was given out, which has no credentials. */
export function realUrl(url: string, asking: Asking): string {
  return asking.realUrls.get(url) ?? url;
}

/** Asks one question for each item, and tells of progress. The answers come in the order of the items. */
export function askEach<I, A>(
  items: readonly I[],
  question: { readonly what: (item: I) => string; readonly ask: (item: I) => Promise<A> },
  asking: Asking,
): Promise<readonly A[]> {
  let done = 0;
  async function askOne(item: I): Promise<A> {
    const answer = await question.ask(item);
    done += 1;
    asking.onProgress?.(done, items.length, question.what(item));
    return answer;
  }
  return Promise.all(items.map(askOne));
}
