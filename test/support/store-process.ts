/**
 * A process with a store, to be killed by tests: `node store-process.ts MODE JSON`, where JSON are the
 * options of the store. It says what happens, one JSON a line.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startPrivateServer } from '../../src/edge/store/private-server.ts';
import { openStore } from '../../src/edge/store/store.ts';
import type { Store, StoreOptions } from '../../src/edge/store/store.ts';
import { sweep } from './sweep.ts';

/** What is said: when, and about which job or delivery. */
export interface Said {
  readonly word: 'ready' | 'accepted' | 'enqueued' | 'begin' | 'end' | 'ended' | 'stopped';
  /** Milliseconds since 1970, with a fraction. */
  readonly at: number;
  readonly key?: string;
  readonly id?: string;
}

if (import.meta.main) await main(process.argv[2] ?? '', process.argv[3] ?? '{}');

async function main(mode: string, json: string): Promise<void> {
  const options = JSON.parse(json) as StoreOptions & { readonly dataDir: string };
  if (mode === 'server') await startPrivateServer(options);
  else if (mode === 'ask') askForEver(await openStore(options));
  else if (mode === 'work') await work(await openStore(options));
  else throw new Error(`what is ${mode}?`);
  say({ word: 'ready' });
  // Until it is killed.
  await sleep(1_000_000_000);
}

function say(said: Omit<Said, 'at'> & { readonly at?: number }): void {
  process.stdout.write(`${JSON.stringify({ at: now(), ...said })}\n`);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Deliveries and jobs; each is said after the store has taken it, and not before. */
function askForEver(store: Store): void {
  for (let caller = 0; caller < 6; caller += 1) void deliverForEver(store, caller);
  for (let caller = 0; caller < 4; caller += 1) void enqueueForEver(store, `repository-${caller}`);
}

async function deliverForEver(store: Store, caller: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const guid = `${process.pid}-${caller}-${count}`;
    const body = Buffer.from(guid);
    await patiently(async () => {
      await store.acceptDelivery({ guid, event: 'push', body, receivedAt: Date.now() });
      say({ word: 'accepted', key: `delivery:${guid}` });
    });
    await sleep(15);
  }
}

async function enqueueForEver(store: Store, name: string): Promise<never> {
  for (;;) {
    const at = now();
    await patiently(async () => {
      await store.enqueue(sweep(name));
      // Who asks before a run begins is served by it, so the time before counts.
      say({ word: 'enqueued', key: name, at });
    });
    await sleep(Math.random() * 50);
  }
}

async function patiently(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch {
    await sleep(20);
  }
}

/** Each run is said when it begins, when it ends, and when its end has been written. */
async function work(store: Store): Promise<void> {
  const worker = await store.startWorker({
    concurrency: 3,
    limits: { leaseMs: 2000, pollMs: 100, backoffMs: () => 50 },
    run: async ({ request, key: own, id }) => {
      const key = request.kind === 'sweep' ? request.repository.name : own;
      say({ word: 'begin', key, id });
      await sleep(Math.random() * 20);
      say({ word: 'end', key, id });
      return { kind: 'done' };
    },
    onEvent: (event) => {
      if (event.kind === 'ended') say({ word: 'ended', key: event.job.key, id: event.job.id });
    },
  });
  process.once('SIGTERM', () => {
    void (async () => {
      await worker.stop({ graceMs: 2000 });
      await store.close();
      say({ word: 'stopped' });
      process.exit(0);
    })();
  });
}
