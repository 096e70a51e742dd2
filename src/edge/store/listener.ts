import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { channel } from './notices.ts';

export interface ListenerOptions {
  readonly connection: pg.ClientConfig;
  /** Every time it is connected, the first time included; what it does ends with the connection. */
  readonly onConnect: (client: pg.Client) => Promise<void>;
  /** There is work, or there may be some that was not heard of. */
  readonly onNotice: () => void;
}

/** A connection of its own that hears of new work, and comes back by itself. */
export interface Listener {
  readonly close: () => Promise<void>;
}

interface State {
  client: pg.Client | undefined;
  closed: boolean;
}

export async function listen(options: ListenerOptions): Promise<Listener> {
  const state: State = { client: undefined, closed: false };
  await connect(options, state);
  return {
    close: async () => {
      state.closed = true;
      await state.client?.end().catch(() => undefined);
    },
  };
}

async function connect(options: ListenerOptions, state: State): Promise<void> {
  const client = new pg.Client({ ...options.connection, application_name: 'pinwheel worker' });
  // Without a listener the end of the database would be the end of this process.
  client.on('error', () => undefined);
  client.on('notification', options.onNotice);
  try {
    await client.connect();
    await client.query(`listen ${channel}`);
    await options.onConnect(client);
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
  state.client = client;
  client.once('end', () => void reconnect(options, state));
  if (state.closed) await client.end();
  options.onNotice();
}

async function reconnect(options: ListenerOptions, state: State): Promise<void> {
  for (let pause = 50; !state.closed; pause = Math.min(pause * 2, 500)) {
    await sleep(pause);
    try {
      await connect(options, state);
      return;
    } catch {
      // Those who poll report that the database is away.
    }
  }
}
