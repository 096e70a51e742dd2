import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** What can be wrong with an answer. */
export type PlainFault =
  /** The connection is cut without an answer. */
  | { readonly kind: 'down' }
  /** There is never an answer. */
  | { readonly kind: 'hang' }
  /** A web page where git expects its protocol: a login page, a proxy's apology. */
  | { readonly kind: 'html'; readonly status?: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Permanently moved: the fault's path is replaced by this URL, what follows it is kept. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** The connection is cut after so many bytes of the body. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  | { readonly kind: 'slow'; readonly ms: number };

/** What can be wrong with a server, for one path and all below it. */
export type Fault =
  | PlainFault
  /** The first requests have a fault, all after them none. */
  | { readonly kind: 'at-first'; readonly requests: number; readonly fault: PlainFault };

/** A fault that applies to a request, and the path that it was declared for. */
export interface Misfortune<F = Fault> {
  readonly fault: F;
  readonly path: string;
}

const page = '<!DOCTYPE html>\n<html><title>Sign in</title><p>Please sign in to continue.</html>\n';

/** The fault of the longest path that the request is at or below. */
export function findFault(faults: ReadonlyMap<string, Fault>, url: string): Misfortune | undefined {
  const path = url.split('?')[0] ?? '';
  const hits = [...faults.keys()].filter((key) => path === key || path.startsWith(`${key}/`));
  const [longest] = hits.sort((a, b) => b.length - a.length);
  const fault = longest === undefined ? undefined : faults.get(longest);
  return longest === undefined || fault === undefined ? undefined : { fault, path: longest };
}

/** Lets the fault happen. True when there is still an answer to give. */
export async function suffer(
  misfortune: Misfortune<PlainFault>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { fault } = misfortune;
  switch (fault.kind) {
    case 'down':
      request.socket.destroy();
      return false;
    case 'hang':
      return false;
    case 'html':
      response.writeHead(fault.status ?? 200, { 'content-type': 'text/html' }).end(page);
      return false;
    case 'status':
      response.writeHead(fault.status, fault.headers).end(`status ${fault.status}\n`);
      return false;
    case 'redirect':
      response
        .writeHead(301, { location: fault.to + (request.url ?? '').slice(misfortune.path.length) })
        .end();
      return false;
    case 'slow':
      await pause(fault.ms);
      return true;
    case 'truncate':
      cutAfter(response, fault.bytes);
      return true;
  }
}

function cutAfter(response: ServerResponse, bytes: number): void {
  let left = bytes;
  const write = response.write.bind(response) as (chunk: Uint8Array) => boolean;
  function writeSome(chunk: Uint8Array): boolean {
    const part = chunk.subarray(0, left);
    left -= part.byteLength;
    const more = write(part);
    if (left === 0) response.socket?.destroySoon();
    return more;
  }
  response.write = writeSome as typeof response.write;
}
