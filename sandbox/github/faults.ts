import type { Operation } from './contract/operations.ts';
import { seededChance } from './state/chance.ts';

/**
 * What can go wrong with a request. «before»: nothing was done; «after»: it was done, and only its
 * answer is lost. «secondary»: 403 with `Retry-After`. «cut»: the connection ends without an answer.
 */
export type RequestFault =
  | `${number} before`
  | `${number} after`
  | 'cut before'
  | 'cut after'
  | `secondary ${number}s`
  | `slow ${number}ms`;

/**
 * What can go wrong with a webhook. «lost»: the log says that it failed; «vanished»: the log knows
 * nothing of it. «reordered»: it comes after the next one. «delayed» by the clock of the small GitHub.
 */
export type HookFault = 'lost' | 'vanished' | 'doubled' | 'reordered' | `delayed ${number}s`;

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
/** An operation, all of a method, all; or one of the two services of git. */
type RequestPattern =
  Operation | 'POST /graphql' | `${Method} *` | '*' | 'git-upload-pack' | 'git-receive-pack';

interface Frequency {
  /** How often it fires before it is used up. Default: once, or without end where there is a chance. */
  readonly times?: number;
  /** Of each that fits, from 0 to 1. Default: 1. */
  readonly chance?: number;
  /** So many that fit go well first. */
  readonly skip?: number;
}

interface PlantedRequestFault extends Frequency {
  readonly on: RequestPattern;
  readonly fault: RequestFault;
}

interface PlantedHookFault extends Frequency {
  /** `pull_request`, `pull_request.opened`, or `*`. */
  readonly hook: string;
  readonly fault: HookFault;
}

export interface Faults {
  /** The answer takes it away again. */
  plant(fault: PlantedRequestFault | PlantedHookFault): () => void;
  /** Takes all away; what fired stays counted. */
  clear(): void;
  /** How often each has really happened, by its words: `502 after`, `webhook lost`. */
  readonly fired: ReadonlyMap<string, number>;
  /** One line for a person. */
  summary(): string;
}

/** The same for the server, which asks what befalls each request and webhook. */
export interface FaultPlan extends Faults {
  requestFault(operation: string): RequestFault | undefined;
  hookFault(event: string, action: string | undefined): HookFault | undefined;
}

interface Planted {
  readonly fault: PlantedRequestFault | PlantedHookFault;
  left: number;
  skip: number;
}

export function makeFaults(seed: number): FaultPlan {
  // Its own numbers: whether faults are planted must not change ids and tokens.
  const chance = seededChance(seed ^ 0x5bd1e995);
  const planted = new Set<Planted>();
  const fired = new Map<string, number>();
  function strike(fits: (fault: Planted['fault']) => boolean): string | undefined {
    const hit = [...planted].find((one) => fits(one.fault) && comesTrue(one));
    if (!hit) return undefined;
    hit.left -= 1;
    if (hit.left === 0) planted.delete(hit);
    const words = 'hook' in hit.fault ? `webhook ${hit.fault.fault}` : hit.fault.fault;
    fired.set(words, (fired.get(words) ?? 0) + 1);
    return hit.fault.fault;
  }
  function comesTrue(one: Planted): boolean {
    if (one.skip > 0) {
      one.skip -= 1;
      return false;
    }
    return one.fault.chance === undefined || chance.next() < one.fault.chance;
  }
  return {
    fired,
    plant(fault) {
      const endless = fault.chance === undefined ? 1 : Number.POSITIVE_INFINITY;
      const one = { fault, left: fault.times ?? endless, skip: fault.skip ?? 0 };
      planted.add(one);
      return () => planted.delete(one);
    },
    clear() {
      planted.clear();
    },
    summary() {
      const parts = [...fired].map(([words, count]) => `${words} × ${count}`);
      return parts.length === 0 ? 'no faults fired' : parts.sort().join(', ');
    },
    requestFault: (operation) =>
      strike((fault) => 'on' in fault && fitsRequest(fault.on, operation)) as
        RequestFault | undefined,
    hookFault: (event, action) =>
      strike((fault) => 'hook' in fault && fitsHook(fault.hook, event, action)) as
        HookFault | undefined,
  };
}

function fitsRequest(pattern: RequestPattern, operation: string): boolean {
  if (pattern === '*' || pattern === operation) return true;
  return pattern.endsWith(' *') && operation.startsWith(pattern.slice(0, -1));
}

function fitsHook(pattern: string, event: string, action: string | undefined): boolean {
  return pattern === '*' || pattern === event || pattern === `${event}.${action ?? ''}`;
}

/** The number in a fault's words. */
export function amountOf(fault: string): number {
  return Number(/\d+(\.\d+)?/.exec(fault)?.[0] ?? 0);
}
