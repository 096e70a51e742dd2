import { WorldError } from '../../core/model/failures.ts';
import { blamesItem } from './failure.ts';

/**
 * Group commit: what arrives while one transaction is under way shares the next one, so that many
 * callers pay for one flush to disk. A lone caller waits for nobody.
 */
export interface Batches<T, R> {
  readonly add: (item: T) => Promise<R>;
  /** Resolves when nothing is waiting or under way. */
  readonly idle: () => Promise<void>;
}

export interface BatchOptions<T, R> {
  /** Results in the order of the items. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>;
  readonly most: number;
  readonly bytesOf: (item: T) => number;
  /** Of one batch; a larger item goes alone. */
  readonly mostBytes: number;
  /** What may wait; beyond that callers are refused, and have to come again. */
  readonly mostWaitingBytes: number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly bytes: number;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

interface State<T, R> {
  readonly options: BatchOptions<T, R>;
  readonly waiting: Waiting<T, R>[];
  waitingBytes: number;
  running: Promise<void> | undefined;
}

export function inBatches<T, R>(options: BatchOptions<T, R>): Batches<T, R> {
  const state: State<T, R> = { options, waiting: [], waitingBytes: 0, running: undefined };
  return {
    add: (item) => add(state, item),
    idle: async () => {
      while (state.running !== undefined) await state.running;
    },
  };
}

function add<T, R>(state: State<T, R>, item: T): Promise<R> {
  const bytes = state.options.bytesOf(item);
  const full = state.waitingBytes + bytes > state.options.mostWaitingBytes;
  if (full && state.waiting.length > 0) return Promise.reject(tooMuch());
  const { promise, resolve, reject } = Promise.withResolvers<R>();
  state.waiting.push({ item, bytes, resolve, reject });
  state.waitingBytes += bytes;
  state.running ??= runAll(state);
  return promise;
}

function tooMuch(): WorldError {
  return new WorldError(
    'the store is behind: too much waits to be written',
    'send it again later; see that PostgreSQL keeps up',
  );
}

async function runAll<T, R>(state: State<T, R>): Promise<void> {
  // One turn of the event loop: what arrived in the same one comes along.
  await new Promise((resolve) => setImmediate(resolve));
  while (state.waiting.length > 0) await runOne(state.options, nextBatch(state));
  state.running = undefined;
}

function nextBatch<T, R>(state: State<T, R>): readonly Waiting<T, R>[] {
  const { most, mostBytes } = state.options;
  let bytes = 0;
  let count = 0;
  for (const one of state.waiting) {
    if (count === most || (count > 0 && bytes + one.bytes > mostBytes)) break;
    bytes += one.bytes;
    count += 1;
  }
  state.waitingBytes -= bytes;
  return state.waiting.splice(0, count);
}

async function runOne<T, R>(
  options: BatchOptions<T, R>,
  batch: readonly Waiting<T, R>[],
): Promise<void> {
  try {
    const results = await options.run(batch.map(({ item }) => item));
    batch.forEach((one, at) => {
      one.resolve(results[at] as R);
    });
  } catch (error) {
    if (batch.length === 1 || !blamesItem(error)) for (const one of batch) one.reject(error);
    // One bad item must not take the others with it.
    else for (const one of batch) await runOne(options, [one]);
  }
}
