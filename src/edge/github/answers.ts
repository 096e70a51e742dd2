import { RequestError } from '@octokit/request-error';
import type { Octokit } from '@octokit/rest';

type Answer = Awaited<ReturnType<Octokit['request']>>;

/** A request on its way: what is handed on to octokit's hooks counts for nothing, so it is changed itself. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string | number | undefined>;
  readonly request?: unknown;
}

/** GET answers by their ETag: asking again costs no request of the limit where nothing changed. */
export interface Answers {
  ask(asked: Asked, send: () => Promise<Answer>): Promise<Answer>;
}

/** Of one job; some kilobytes each. */
const mostAnswers = 500;
const notModified = 304;

export function createAnswers(): Answers {
  const known = new Map<string, Answer>();
  return {
    ask: async (asked, send) => {
      const key = keyOf(asked);
      const before = known.get(key);
      const etag = before?.headers.etag;
      try {
        if (etag !== undefined) asked.headers['if-none-match'] = etag;
        const answer = await send();
        remember(known, key, copied(answer));
        return answer;
      } catch (error) {
        if (before && error instanceof RequestError && error.status === notModified) {
          remember(known, key, before);
          return copied(before);
        }
        throw error;
      }
    },
  };
}

/** Octokit's pagination takes fields out of the answers that it is given. */
function copied(answer: Answer): Answer {
  const data: unknown = answer.data;
  return isRecord(data) ? { ...answer, data: { ...data } } : { ...answer };
}

function isRecord(data: unknown): data is object {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/** Who asks is not part of it: validators hold for one token, and each has answers of its own. */
function keyOf(asked: Asked): string {
  return JSON.stringify({ ...asked, headers: asked.headers['accept'], request: undefined });
}

/** The ones that were asked for longest ago go first. */
function remember(known: Map<string, Answer>, key: string, answer: Answer): void {
  known.delete(key);
  if (answer.headers.etag === undefined) return;
  known.set(key, answer);
  for (const oldest of known.keys()) {
    if (known.size <= mostAnswers) return;
    known.delete(oldest);
  }
}
