import { setTimeout as sleep } from 'node:timers/promises';
import type { PgBoss } from 'pg-boss';
import { WorldError } from '../../core/model/failures.ts';
import { inBatches } from './batches.ts';
import type { Batches } from './batches.ts';
import type { Database } from './database.ts';
import { pruneBuilds } from './builds.ts';
import { pruneDead } from './dead-jobs.ts';
import { pruneDeliveries } from './deliveries.ts';
import { newLane, serve } from './lane.ts';
import type { Lane } from './lane.ts';
import { beat } from './lease.ts';
import { listen } from './listener.ts';
import type { Listener } from './listener.ts';
import { joinWorkers, rejoinWorkers } from './presence.ts';
import { queues, startCaretaker } from './queues.ts';
import { giveBack } from './run-job.ts';
import type { Run, RunContext } from './run-job.ts';
import { settledOf } from './settled.ts';
import { tick, whileAway } from './wait.ts';
import { usualLimits } from './worker-options.ts';
import type { Worker, WorkerEvent, WorkerLimits, WorkerOptions } from './worker-options.ts';

export interface WorkerBase {
  readonly database: Database;
  readonly boss: PgBoss;
  /** What a schedule sent becomes an ordinary request, so that it joins one that waits. */
  readonly enqueue: (run: Run['job']) => Promise<unknown>;
}

/** A database that just goes down comes back. */
const startMs = 30_000;

/** Works on jobs until it is stopped. Any number of them, in any number of processes, share the work. */
export async function startWorker(base: WorkerBase, options: WorkerOptions): Promise<Worker> {
  const limits: WorkerLimits = { ...usualLimits, ...options.limits };
  const context = newContext(base, options, limits);
  const lanes = [
    newLane('deliveries', limits.deliveries),
    newLane('work', options.concurrency),
    newLane('ticks', 1),
  ];
  const patience = tick() + startMs;
  const listener = await whileAway(patience, () => join(context, lanes));
  const caretaker = await whileAway(patience, () => hire(context));
  const timers = startTimers(context, lanes);
  const served = Promise.all(lanes.map((lane) => serve(lane, forLane(context, lane, base))));
  let stopped: Promise<void> | undefined;
  async function stopAll(graceMs: number): Promise<void> {
    await drain({ context, lanes, served, graceMs });
    timers();
    await caretaker.stop({ graceful: false });
    await listener.close();
  }
  return { stop: ({ graceMs }) => (stopped ??= stopAll(graceMs)) };
}

function newContext(base: WorkerBase, options: WorkerOptions, limits: WorkerLimits): RunContext {
  function emit(event: WorkerEvent): void {
    try {
      options.onEvent?.(event);
    } catch {
      // Who writes the log must not stop the work.
    }
  }
  return {
    database: base.database,
    boss: base.boss,
    limits,
    handle: options.run,
    remove: remover(base.boss),
    emit,
    link: { away: false },
  };
}

/** Ticks have work of their own, which is nobody's news. */
function forLane(context: RunContext, lane: Lane, { enqueue }: WorkerBase): RunContext {
  if (lane.queue !== 'ticks') return context;
  return {
    ...context,
    handle: async (job) => {
      await enqueue(job);
      return { kind: 'done' };
    },
    emit: () => undefined,
  };
}

function remover(boss: PgBoss): Batches<Run, boolean> {
  return inBatches<Run, boolean>({
    most: 50,
    bytesOf: () => 1,
    mostBytes: 50,
    mostWaitingBytes: 1_000_000,
    run: async (runs) => {
      const gone = new Set<string>();
      for (const queue of queues) {
        const claims = runs.filter((run) => run.queue === queue).map(({ claim }) => claim);
        if (claims.length === 0) continue;
        for (const id of settledOf(await boss.deleteJob(queue, claims))) gone.add(id);
      }
      return runs.map(({ claim }) => gone.has(claim.id));
    },
  });
}

function hire({ database, limits, emit }: RunContext): Promise<PgBoss> {
  return startCaretaker({
    database,
    cronSeconds: limits.cronSeconds,
    onWarning: (message) => {
      emit({ kind: 'warning', message });
    },
  });
}

async function join(context: RunContext, lanes: readonly Lane[]): Promise<Listener> {
  const { database, emit } = context;
  let first = true;
  return listen({
    connection: database.connection,
    onConnect: async (client) => {
      if (!first) return rejoinWorkers(client);
      for (const one of await joinWorkers(client, database)) emit({ kind: 'recovered', ...one });
      first = false;
    },
    onNotice: () => {
      for (const lane of lanes) lane.bell.ring();
    },
  });
}

const hour = 3_600_000;

/** Gives what stops them. */
function startTimers(context: RunContext, lanes: readonly Lane[]): () => void {
  const { limits } = context;
  let beating = false;
  const heart = setInterval(() => {
    if (beating) return;
    beating = true;
    void beat(lanes, context).then(() => (beating = false));
  }, limits.leaseMs / 4);
  const broom = setInterval(() => void tidy(context), hour);
  void tidy(context);
  return () => {
    clearInterval(heart);
    clearInterval(broom);
  };
}

async function tidy({ database, limits, emit }: RunContext): Promise<void> {
  try {
    await pruneDeliveries(database, limits.keepDays);
    await pruneDead(database, limits.keepDays);
    await pruneBuilds(database);
  } catch (error) {
    emit({ kind: 'warning', message: `old rows cannot be deleted: ${String(error)}` });
  }
}

interface Drain {
  readonly context: RunContext;
  readonly lanes: readonly Lane[];
  readonly served: Promise<unknown>;
  readonly graceMs: number;
}

async function drain({ context, lanes, served, graceMs }: Drain): Promise<void> {
  for (const lane of lanes) {
    lane.stopping = true;
    lane.bell.ring();
  }
  await served;
  await untilEmpty(lanes, graceMs);
  const left = lanes.flatMap(({ runs }) => [...runs.values()]);
  for (const run of left) {
    run.givingBack = true;
    run.control.abort(new WorldError('Pinwheel stops', 'nothing: the job is run again'));
  }
  await untilEmpty(lanes, context.limits.abortMs);
  for (const run of left) {
    if (run.phase !== 'running') continue;
    run.phase = 'over';
    await giveBack(context, run).catch(() => undefined);
  }
}

async function untilEmpty(lanes: readonly Lane[], patienceMs: number): Promise<void> {
  const end = tick() + patienceMs;
  while (lanes.some(({ runs }) => runs.size > 0) && tick() < end) await sleep(20);
}
