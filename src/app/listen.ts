import { createServer } from 'node:http';
import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '../core/model/failures.ts';

/** Something that listens. */
export interface Listening {
  /** `http://HOST:PORT`, without a slash at its end. */
  readonly url: string;
  /** Takes no more requests, lets those that are under way end, and cuts off what is left after `graceMs`. */
  readonly stop: (graceMs: number) => Promise<void>;
}

export interface Address {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** How long a request may take to arrive: GitHub itself gives up after ten seconds, GHES after thirty. */
const patience: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1000,
};

/** Listens, and says in one line why it cannot. */
export async function listen(
  { host, port }: Address,
  limits: ServerOptions,
  listener: RequestListener,
): Promise<Listening> {
  const server = createServer({ ...patience, ...limits }, listener);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.once('error', reject);
  server.listen(port, host, () => {
    resolve(undefined);
  });
  await promise.catch((error: unknown) => {
    throw cannotListen(error, { host, port });
  });
  const { port: given } = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${given}`, stop: (graceMs) => close(server, graceMs) };
}

function cannotListen(error: unknown, { host, port }: Address): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = {
    EADDRINUSE: 'something else listens there',
    EACCES: 'this user may not',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such host',
  }[String(code)];
  if (why === undefined) return error;
  return new UserError(`cannot listen on ${host} port ${port}: ${why}`, 'set HOST and PORT');
}

async function close(server: Server, graceMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    server.closeAllConnections();
  }, graceMs);
  server.close(() => {
    resolve(undefined);
  });
  // A connection that is kept alive becomes idle when its answer has been sent.
  const broom = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  await promise;
  clearTimeout(timer);
  clearInterval(broom);
}
