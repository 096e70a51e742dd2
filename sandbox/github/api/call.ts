import type { Operation } from '../contract/operations.ts';
import type { Account, App, Installation, Repository, Token } from '../state/nouns.ts';
import type { Scene, Site } from '../state/site.ts';

/** Who sends a request, by its `Authorization`. */
export type Caller =
  | { readonly kind: 'app'; readonly app: App }
  | { readonly kind: 'installation'; readonly installation: Installation; readonly token: Token }
  | { readonly kind: 'user'; readonly account: Account }
  | { readonly kind: 'anonymous' };

/** A request that the contract has found well-formed. */
export interface Call {
  readonly site: Site;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Of the shape that the description says; cast to it where it is read. */
  readonly body: unknown;
  /** The header, for the few endpoints that have several media types. */
  readonly accept: string;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
  /** The caller acting in this repository. */
  readonly scene: Scene;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: JSON. */
  readonly mediaType?: string;
}

/** What a caller must be, or be allowed; of several, one is enough. */
export type Need = 'app' | 'token' | 'anyone' | `${string}:${'read' | 'write'}`;

export interface Route<C extends Call> {
  readonly needs: Need | readonly Need[];
  readonly answer: (call: C) => Answer | Promise<Answer>;
}

type RepositoryOperation = Extract<Operation, `${string} /repos/{owner}/{repo}${string}`>;
export type SiteRoutes = Readonly<
  Partial<Record<Exclude<Operation, RepositoryOperation>, Route<Call>>>
>;
export type RepositoryRoutes = Readonly<
  Partial<Record<RepositoryOperation, Route<RepositoryCall>>>
>;

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export function noContent(): Answer {
  return { status: 204 };
}

/** A number of the path, which the contract has found to be one. */
export function numberOf(call: Call, name: string): number {
  return Number(call.params[name]);
}
