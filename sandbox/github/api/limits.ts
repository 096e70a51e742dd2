import type { Operation } from '../contract/operations.ts';
import { Refusal } from '../state/refusal.ts';
import type { SandboxClock } from '../state/clock.ts';
import type { Caller } from './call.ts';

/** GitHub's numbers, unless others are asked for. */
export interface LimitSettings {
  readonly requestsPerHour: number;
  readonly contentPerMinute: number;
  readonly contentPerHour: number;
  /** A read is one point, a write five. */
  readonly pointsPerMinute: number;
  readonly atOnce: number;
}

export const githubLimits: LimitSettings = {
  requestsPerHour: 5000,
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
  atOnce: 100,
};

/** What answers say of the primary limit. */
interface Budget {
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

export interface Limiter {
  /** Refuses, or counts the request among those under way; the answer ends that. */
  admit(caller: Caller, operation: Operation | 'graphql'): () => void;
  /** One request of the primary limit; a 304 is not charged. */
  charge(caller: Caller): void;
  budget(caller: Caller): Budget;
}

/** A limit was hit: when to come back. */
export class LimitRefusal extends Refusal {
  readonly retryAfter: number | undefined;

  constructor(message: string, retryAfter?: number) {
    super(403, message);
    this.retryAfter = retryAfter;
  }
}

export const secondaryMessage =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

/** Writes that make nothing that a person would see. */
const noContent = /\/(access_tokens|attempts|git\/blobs|git\/trees|conversions|config|token)$/;

interface Account {
  windowEnd: number;
  used: number;
  underWay: number;
  /** Times of writes of the last hour, and points of the last minute. */
  content: number[];
  points: { readonly at: number; readonly points: number }[];
}

export function makeLimiter(clock: SandboxClock, settings: LimitSettings | 'none'): Limiter {
  const accounts = new Map<string, Account>();
  const limits = settings === 'none' ? unlimited : settings;
  function accountOf(caller: Caller): Account {
    const key = keyOf(caller);
    const now = clock.now();
    const held = accounts.get(key) ?? newAccount(now);
    accounts.set(key, held);
    if (now >= held.windowEnd) Object.assign(held, { windowEnd: now + 3_600_000, used: 0 });
    return held;
  }
  function budget(caller: Caller): Budget {
    const { used, windowEnd } = accountOf(caller);
    const limit = Number.isFinite(limits.requestsPerHour) ? limits.requestsPerHour : 5000;
    const remaining = Math.max(0, limit - used);
    return { limit, used, remaining, reset: Math.ceil(windowEnd / 1000) };
  }
  return {
    admit(caller, operation) {
      const account = accountOf(caller);
      if (account.used >= limits.requestsPerHour) {
        throw new LimitRefusal(`API rate limit exceeded for ${nameOf(caller)}.`);
      }
      admitSecondary(account, { operation, limits, now: clock.now() });
      account.underWay += 1;
      return () => {
        account.underWay -= 1;
      };
    },
    charge(caller) {
      accountOf(caller).used += 1;
    },
    budget,
  };
}

const unlimited: LimitSettings = {
  requestsPerHour: Number.POSITIVE_INFINITY,
  contentPerMinute: Number.POSITIVE_INFINITY,
  contentPerHour: Number.POSITIVE_INFINITY,
  pointsPerMinute: Number.POSITIVE_INFINITY,
  atOnce: Number.POSITIVE_INFINITY,
};

function newAccount(now: number): Account {
  return { windowEnd: now + 3_600_000, used: 0, underWay: 0, content: [], points: [] };
}

function keyOf(caller: Caller): string {
  if (caller.kind === 'installation') return `installation ${caller.installation.id}`;
  if (caller.kind === 'app') return `app ${caller.app.id}`;
  return caller.kind === 'user' ? `user ${caller.account.id}` : 'anonymous';
}

function nameOf(caller: Caller): string {
  return caller.kind === 'installation' ? `installation ID ${caller.installation.id}` : 'you';
}

function admitSecondary(
  account: Account,
  request: {
    readonly operation: Operation | 'graphql';
    readonly limits: LimitSettings;
    readonly now: number;
  },
): void {
  const { operation, limits, now } = request;
  // Nothing is remembered where nothing is limited.
  if (limits === unlimited) return;
  const isWrite = !operation.startsWith('GET ');
  const isContent = isWrite && !noContent.test(operation);
  account.content = account.content.filter((at) => at > now - 3_600_000);
  account.points = account.points.filter(({ at }) => at > now - 60_000);
  const lastMinute = account.content.filter((at) => at > now - 60_000).length;
  const points = account.points.reduce((sum, one) => sum + one.points, 0) + (isWrite ? 5 : 1);
  const isTooMuch =
    account.underWay >= limits.atOnce ||
    points > limits.pointsPerMinute ||
    (isContent && lastMinute >= limits.contentPerMinute) ||
    (isContent && account.content.length >= limits.contentPerHour);
  if (isTooMuch) throw new LimitRefusal(secondaryMessage, 60);
  account.points.push({ at: now, points: isWrite ? 5 : 1 });
  if (isContent) account.content.push(now);
}
