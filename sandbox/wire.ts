import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as the wire saw it, headers included. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Bytes that the client sent. */
  readonly bytesIn: number;
  /** Bytes that the client was sent. */
  readonly bytesOut: number;
  /** By `performance.now()`; the end is `Infinity` while it is answered. */
  readonly arrivedAt: number;
  readonly endedAt: number;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly url: string;
  /** In the order of their arrival; byte counts are final when the answer has ended. */
  readonly requests: readonly WireRequest[];
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** What a socket had carried when its latest answer ended: connections are kept alive. */
type Carried = Map<Socket, { in: number; out: number }>;

/** Serves on the loopback interface and counts; without a port, on a free one. */
export async function serveLoopback(
  listener: RequestListener,
  wanted?: number,
): Promise<LoopbackServer> {
  const requests: WireRequest[] = [];
  const carried: Carried = new Map();
  const server = createServer((request, response) => {
    count({ request, response, requests, carried });
    listener(request, response);
  });
  // A client may keep a connection between two phases of a test for as long as it likes.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

function count(exchange: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requests: WireRequest[];
  readonly carried: Carried;
}): void {
  const { request, response, requests, carried } = exchange;
  const { socket } = request;
  if (!carried.has(socket)) socket.once('close', () => carried.delete(socket));
  const before = carried.get(socket) ?? { in: 0, out: 0 };
  const record = {
    method: request.method ?? '',
    path: request.url ?? '',
    bytesIn: 0,
    bytesOut: 0,
    arrivedAt: performance.now(),
    endedAt: Infinity,
  };
  requests.push(record);
  function measure(): void {
    record.endedAt = performance.now();
    const now = { in: socket.bytesRead, out: socket.bytesWritten };
    record.bytesIn = now.in - before.in;
    record.bytesOut = now.out - before.out;
    carried.set(socket, now);
  }
  response.once('finish', measure);
  // An answer that is cut off has no finish.
  response.once('close', () => {
    if (!response.writableFinished) measure();
  });
}
