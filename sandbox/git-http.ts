import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerByBackend } from './git-backend.ts';
import { findFault, suffer } from './git-faults.ts';
import type { Fault, Misfortune, PlainFault } from './git-faults.ts';
import { serveLoopback } from './wire.ts';
import type { LoopbackServer } from './wire.ts';

export interface GitServerOptions {
  /** By path from the server's root: `/nova`, `/nova/git-upload-pack`. */
  readonly faults?: Readonly<Record<string, Fault>>;
  /** An old server, which knows protocol version 0 only. */
  readonly onlyVersion0?: boolean;
}

export interface GitServer extends LoopbackServer {
  /** May be changed while the server runs: an upstream goes down and comes back. */
  readonly faults: Map<string, Fault>;
}

/** Serves the bare repositories below a folder by smart HTTP, for reading: `<url>/nova` is `<root>/nova`. */
export async function serveGit(root: string, options: GitServerOptions = {}): Promise<GitServer> {
  const faults = new Map(Object.entries(options.faults ?? {}));
  const suffered = new Map<string, number>();
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (options.onlyVersion0 === true) delete request.headers['git-protocol'];
    const misfortune = currentFault(findFault(faults, request.url ?? ''), suffered);
    const goesOn = misfortune === undefined || (await suffer(misfortune, request, response));
    if (goesOn) answerByBackend({ root, request, response });
  }
  const server = await serveLoopback((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return { ...server, faults };
}

/** Counts down the faults that a path has at first. */
function currentFault(
  found: Misfortune | undefined,
  suffered: Map<string, number>,
): Misfortune<PlainFault> | undefined {
  if (!found) return undefined;
  const { fault, path } = found;
  if (fault.kind !== 'at-first') return { fault, path };
  const before = suffered.get(path) ?? 0;
  suffered.set(path, before + 1);
  return before < fault.requests ? { fault: fault.fault, path } : undefined;
}
