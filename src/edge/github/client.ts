import { Octokit } from '@octokit/rest';
import { worded } from './failure.ts';
import type { Answers } from './answers.ts';
import type { WriteBudget } from './write-budget.ts';

/** How one octokit is to be. */
export interface ClientOptions {
  /** Without a slash at its end: `https://api.github.com`, `https://HOST/api/v3`. */
  readonly apiUrl: string;
  /** What octokit's auth strategy is given. */
  readonly auth: Pick<ConstructorParameters<typeof Octokit>[0] & object, 'auth' | 'authStrategy'>;
  readonly now: () => number;
  /** Writes of one installation go through one budget. */
  readonly budget?: WriteBudget;
  /** Answers with their ETags; unchanged ones cost no request of the limit. */
  readonly answers?: Answers;
  /** Nothing is asked any more when it says so. */
  readonly signal?: AbortSignal;
  /** Told how many requests of the hour are left. */
  readonly onRequestsLeft?: (left: number) => void;
  /** Milliseconds until an answer must be there. Default: a minute. */
  readonly timeoutMs?: number;
}

/** GitHub's newest version of its REST interface that this was written for. */
const apiVersion = '2026-03-10';
/** A server of one's own is younger or older; all that are supported know this one. */
const serverVersion = '2022-11-28';

/** GitHub itself gives up after ten seconds, but large files are long under way. */
const usualTimeout = 60_000;

/** An octokit whose every rejection is a WorldError or a RetryLater, and that never repeats a write. */
export function createClient(options: ClientOptions): Octokit {
  const { apiUrl, auth, now, budget, answers, signal } = options;
  const octokit = new Octokit({
    ...auth,
    baseUrl: apiUrl,
    userAgent: 'pinwheel',
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  const version = apiUrl.endsWith('/api/v3') ? serverVersion : apiVersion;
  octokit.hook.wrap('request', async (request, asked) => {
    // The hooks below are given what was asked first, whatever is handed on: it is changed in place.
    asked.headers['x-github-api-version'] = version;
    async function send(): ReturnType<Answers['ask']> {
      signal?.throwIfAborted();
      // An answer that never comes would hold up every write of the installation.
      const limit = AbortSignal.timeout(options.timeoutMs ?? usualTimeout);
      asked.request = { ...asked.request, signal: limit };
      const answer = await request(asked);
      const left = Number(answer.headers['x-ratelimit-remaining'] ?? Number.NaN);
      if (!Number.isNaN(left)) options.onRequestsLeft?.(left);
      return answer;
    }
    async function inWords<T>(work: () => Promise<T>): Promise<T> {
      try {
        return await work();
      } catch (error) {
        throw worded(error, now());
      }
    }
    if (asked.method !== 'GET') return inBudget(budget, () => inWords(send));
    return inWords(() => (answers ? answers.ask(asked, send) : send()));
  });
  return octokit;
}

function silent(): void {
  // What octokit would log is in the error that it throws.
}

function inBudget<T>(budget: WriteBudget | undefined, work: () => Promise<T>): Promise<T> {
  return budget ? budget.spend(work) : work();
}
