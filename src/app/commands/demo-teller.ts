import type { WriteStream } from 'node:tty';

/** Tells what happens while it happens, a line for each step. */
export interface Teller {
  /** `told` puts into words what came of it. */
  readonly step: <T>(
    title: string,
    work: (signal: AbortSignal) => Promise<T>,
    told?: (result: T) => readonly string[],
  ) => Promise<T>;
}

/** A step that takes longer will not end any more. */
const patienceMs = 90_000;

export interface TellerOptions {
  readonly stream: WriteStream;
  /** Somebody has had enough. */
  readonly stop: AbortSignal;
  /** Rejects when nothing can come of any step any more. */
  readonly failed: Promise<unknown>;
}

export function createTeller({ stream, stop, failed }: TellerOptions): Teller {
  return {
    step: async (title, work, told) => {
      const begin = performance.now();
      const waiting = setInterval(() => {
        showWaiting(stream, title, performance.now() - begin);
      }, 250);
      try {
        const result = await Promise.race([within(title, work, stop), never(failed)]);
        clearLine(stream);
        stream.write(`✓ ${title}\n`);
        for (const line of told?.(result) ?? []) stream.write(`    ${line}\n`);
        return result;
      } finally {
        clearInterval(waiting);
        clearLine(stream);
      }
    },
  };
}

/** Of a race it may only be the end by its failure. */
async function never(failed: Promise<unknown>): Promise<never> {
  await failed;
  throw new Error('it ended');
}

/** On a terminal only: a line that is written over. */
function showWaiting(stream: WriteStream, title: string, ms: number): void {
  if (!stream.isTTY) return;
  const line = `… ${title} (${Math.round(ms / 1000)} s)`;
  stream.write(`\r\u001b[K${line.slice(0, stream.columns - 1)}`);
}

function clearLine(stream: WriteStream): void {
  if (stream.isTTY) stream.write('\r\u001b[K');
}

async function within<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
  stop: AbortSignal,
): Promise<T> {
  const late = AbortSignal.timeout(patienceMs);
  const signal = AbortSignal.any([stop, late]);
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => {
    const seconds = patienceMs / 1000;
    reject(new Error(late.aborted ? `after ${seconds} s still: ${title}` : 'it was interrupted'));
  });
  stop.throwIfAborted();
  return Promise.race([promise, work(signal)]);
}
