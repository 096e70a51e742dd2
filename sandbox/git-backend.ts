import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gitEnvironment } from './git.ts';

export interface BackendRequest {
  /** Folder of the bare repositories. */
  readonly root: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** More for the environment: `REMOTE_USER` is what makes git accept a push. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Awaited before the answer ends: what follows from a push has then happened for its sender. */
  readonly beforeEnd?: () => Promise<void>;
}

/** Answers one smart HTTP request by `git http-backend`, which is a CGI program. */
export function answerByBackend(job: BackendRequest): void {
  const { request, response } = job;
  const backend = spawn('git', ['http-backend'], {
    env: { ...gitEnvironment(), ...cgiEnvironment(job), ...job.environment },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  let head = Buffer.alloc(0);
  backend.stdout.on('data', (chunk: Buffer) => {
    if (response.headersSent) {
      if (!response.write(chunk)) backend.stdout.pause();
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    writeHead(response, head.toString('latin1', 0, end));
    response.write(head.subarray(end + 4));
  });
  response.on('drain', () => backend.stdout.resume());
  backend.stdout.on('end', () => {
    if (!response.headersSent) response.writeHead(500);
    const before = job.beforeEnd?.() ?? Promise.resolve();
    before.finally(() => response.end()).catch(() => response.destroy());
  });
  response.on('close', () => backend.kill());
}

function cgiEnvironment({ root, request }: BackendRequest): Record<string, string> {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const { headers } = request;
  const encoding = headers['content-encoding'];
  const protocol = headers['git-protocol'];
  return {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: request.method ?? '',
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    CONTENT_TYPE: headers['content-type'] ?? '',
    // Without a length the backend reads to the end, which is what a chunked body needs.
    ...(headers['content-length'] !== undefined && { CONTENT_LENGTH: headers['content-length'] }),
    ...(encoding !== undefined && { HTTP_CONTENT_ENCODING: encoding }),
    ...(typeof protocol === 'string' && { GIT_PROTOCOL: protocol }),
  };
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  const headers: string[] = [];
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name === 'Status') status = Number.parseInt(value, 10);
    else headers.push(name, value);
  }
  response.writeHead(status, headers);
}
