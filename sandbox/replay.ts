import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serveLoopback } from './wire.ts';
import type { LoopbackServer } from './wire.ts';

/** One answer of a live server. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Answers by request: method, path, protocol version and a hash of the body. */
export type Recording = Map<string, Answer>;

export interface ReplayOptions {
  readonly recording: Recording;
  /** Where a request goes that has no answer yet; the answer is recorded. Without one it gets 404. */
  readonly live?: string;
  /** Which recorded repository answers for a name: 400 repositories can be served from a handful. */
  readonly names?: ReadonlyMap<string, string>;
}

export interface ReplayServer extends LoopbackServer {
  /** Requests that the recording had no answer for, in their order. */
  readonly misses: readonly string[];
}

/** Answers git's requests from a recording, so that a client's own cost is what is measured. */
export async function serveReplay(options: ReplayOptions): Promise<ReplayServer> {
  const misses: string[] = [];
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const path = recordedPath(request.url ?? '', options.names);
    const key = requestKey(request, path, body);
    let found = options.recording.get(key);
    if (!found) misses.push(`${request.method ?? ''} ${request.url ?? ''}`);
    if (!found && options.live !== undefined) {
      found = await ask(`${options.live}${path}`, request, body);
      options.recording.set(key, found);
    }
    if (found) response.writeHead(found.status, found.headers).end(found.body);
    else response.writeHead(404).end('this request was not recorded\n');
  }
  const server = await serveLoopback((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return { ...server, misses };
}

/** `count` names, `component-000` and so on, that the recorded repositories answer for in turns. */
export function manyNames(count: number, recorded: readonly string[]): ReadonlyMap<string, string> {
  const digits = `${count}`.length;
  const names = new Map<string, string>();
  for (let index = 0; index < count; index += 1) {
    const repository = recorded[index % recorded.length];
    const name = `component-${`${index}`.padStart(digits, '0')}`;
    if (repository !== undefined) names.set(name, repository);
  }
  return names;
}

function recordedPath(url: string, names: ReadonlyMap<string, string> | undefined): string {
  return url.replace(/^\/([^/]+)/, (whole, name: string) => {
    const recorded = names?.get(name);
    return recorded === undefined ? whole : `/${recorded}`;
  });
}

function requestKey(request: IncomingMessage, path: string, body: Uint8Array): string {
  const protocol = request.headers['git-protocol'];
  const version = typeof protocol === 'string' ? protocol : '';
  const hash = createHash('sha256').update(body).digest('hex');
  return [request.method, path, version, hash].join(' ');
}

/** Headers that say something to git or to a client of its protocol. */
const passed = ['accept', 'content-type', 'content-encoding', 'git-protocol'];

async function ask(url: string, request: IncomingMessage, body: Uint8Array): Promise<Answer> {
  const headers = passed.flatMap((name): [string, string][] => {
    const value = request.headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const response = await fetch(url, {
    method: request.method ?? 'GET',
    headers,
    redirect: 'manual',
    ...(body.byteLength > 0 && { body: Buffer.from(body) }),
  });
  const answered = new Uint8Array(await response.arrayBuffer());
  const kept = ['content-type', 'cache-control', 'expires', 'pragma', 'location'];
  const known = kept.flatMap((name): [string, string][] => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const length: [string, string] = ['content-length', `${answered.byteLength}`];
  return {
    status: response.status,
    headers: Object.fromEntries([...known, length]),
    body: answered,
  };
}
