import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Contract } from '../contract/contract.ts';
import type { Operation } from '../contract/operations.ts';
import type { FaultPlan } from '../faults.ts';
import type { Site } from '../state/site.ts';
import type { Violation } from '../violations.ts';
import type { RepositoryCall, Route } from './call.ts';
import type { Limiter } from './limits.ts';

export type NodeContext = Context<{ Bindings: HttpBindings }>;

/** What all requests share. */
export interface ApiWorld {
  readonly site: Site;
  readonly contract: Contract;
  readonly limiter: Limiter;
  readonly faults: FaultPlan;
  readonly violations: Violation[];
  /** What answers each operation. */
  readonly routes: Readonly<Partial<Record<Operation, Route<RepositoryCall>>>>;
}
