import type { Agent, IncomingHttpHeaders, IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { answerFailure, networkFailure } from './http-failure.ts';
import type { HttpFailure } from './http-failure.ts';
import { loadV2Hosts } from './v2-hosts.ts';

/** What speaks a protocol, and the connections of it that are kept open. */
interface Speaker {
  readonly request: typeof request;
  readonly agent: Agent;
}

/** Connections that are kept open, and what is known of the hosts behind them. */
export interface HttpClient {
  /** By protocol, `https:`, each from the first URL that needs it: TLS takes a while to load. */
  readonly speakers: Map<string, Speaker>;
  /** Most connections to one host. */
  readonly maxSockets: number;
  /** Origins that have spoken protocol v2: they need not be asked for capabilities again. */
  readonly speaksV2: Set<string>;
  /** Where `speaksV2` outlives the process. */
  readonly v2HostsFile: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** User and password in it are sent as Basic authentication. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed. Empty unless the status is 200. */
  readonly body: Buffer;
}

/** openstack/nova lists 24 KB; nothing that is a list of refs comes near this. */
const maxAnswerBytes = 64 * 1024 * 1024;
/** What is read of an unwanted body so that its connection can be used again. */
const maxUnwantedBytes = 64 * 1024;

export function createHttpClient(concurrency: number, cacheDir: string): HttpClient {
  const v2HostsFile = join(cacheDir, 'v2-hosts');
  return {
    speakers: new Map(),
    maxSockets: concurrency,
    speaksV2: loadV2Hosts(v2HostsFile),
    v2HostsFile,
  };
}

function speakerOf({ speakers, maxSockets }: HttpClient, protocol: string): Speaker {
  const known = speakers.get(protocol);
  if (known) return known;
  // `import` of these reads every export, and one of them is a getter that loads undici: 25 ms.
  const { request, Agent } = process.getBuiltinModule(
    protocol === 'https:' ? 'node:https' : 'node:http',
  );
  const options = { keepAlive: true, maxSockets, proxyEnv: process.env };
  const speaker = { request, agent: new Agent(options) };
  speakers.set(protocol, speaker);
  return speaker;
}

/** Sockets that wait in an agent do not keep a process alive, but a server's tests would wait for them. */
export function closeHttpClient(client: HttpClient): void {
  for (const { agent } of client.speakers.values()) agent.destroy();
}

/**
 * One request and its whole answer, whatever its status. Not `fetch`, which costs three times as
 * much per request. Rejects with `HttpFailure`.
 */
export async function exchange(request: HttpRequest, client: HttpClient): Promise<HttpAnswer> {
  try {
    const incoming = await send(request, client);
    const { statusCode: status = 0, headers } = incoming;
    if (status !== 200) {
      discard(incoming);
      return { status, headers, body: Buffer.alloc(0) };
    }
    return { status, headers, body: await decompress(await collect(incoming), headers) };
  } catch (error) {
    throw networkFailure(error, request.signal);
  }
}

function send(request: HttpRequest, client: HttpClient): Promise<IncomingMessage> {
  const { method, url, signal } = request;
  const speaker = speakerOf(client, url.protocol);
  const headers = { ...request.headers, 'accept-encoding': 'gzip' };
  return new Promise((resolve, reject) => {
    speaker
      .request(url, { method, headers, agent: speaker.agent, signal }, resolve)
      .on('error', reject)
      .end(request.body);
  });
}

async function collect(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxAnswerBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

async function decompress(body: Buffer, headers: IncomingHttpHeaders): Promise<Buffer> {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip') throw answerFailure(`answered in the encoding ${encoding}, not gzip`);
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxAnswerBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw answerFailure('sent a damaged gzip answer');
  }
}

function tooLarge(): HttpFailure {
  return answerFailure(`answered more than ${maxAnswerBytes / 1024 / 1024} MB`);
}

function discard(incoming: IncomingMessage): void {
  let size = 0;
  incoming.on('error', () => {
    incoming.destroy();
  });
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxUnwantedBytes) incoming.destroy();
  });
}
