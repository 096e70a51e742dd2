import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { serveReplay } from './replay.ts';
import type { Recording } from './replay.ts';
import type { WireRequest } from './wire.ts';

/** What the process is given to serve. */
export interface ReplayOrder {
  readonly recording: Recording;
  readonly names?: ReadonlyMap<string, string>;
}

/** What it has served since it was last asked. */
interface ReplayReport {
  readonly requests: readonly WireRequest[];
  readonly misses: readonly string[];
}

export interface ReplayProcess {
  readonly url: string;
  report(): Promise<ReplayReport>;
  close(): Promise<void>;
}

/** A replay server in a process of its own, whose time is not on the client's account. */
export async function forkReplay(order: ReplayOrder): Promise<ReplayProcess> {
  const child = fork(import.meta.filename, [], { serialization: 'advanced' });
  const url = (await askChild(child, order)) as string;
  return {
    url,
    report: () => askChild(child, 'report') as Promise<ReplayReport>,
    close: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}

async function askChild(child: ChildProcess, question: ReplayOrder | 'report'): Promise<unknown> {
  const answer = once(child, 'message');
  child.send(question);
  const [value] = (await answer) as [unknown];
  return value;
}

function serveOrders(answer: (value: unknown) => void): void {
  let reported = { requests: 0, misses: 0 };
  let server: Awaited<ReturnType<typeof serveReplay>> | undefined;
  process.once('disconnect', () => void server?.close());
  process.on('message', (question: ReplayOrder | 'report') => {
    if (question !== 'report') {
      void serveReplay(question).then((started) => {
        server = started;
        answer(started.url);
      });
      return;
    }
    const { requests = [], misses = [] } = server ?? {};
    answer({
      requests: requests.slice(reported.requests),
      misses: misses.slice(reported.misses),
    });
    reported = { requests: requests.length, misses: misses.length };
  });
}

if (import.meta.main) serveOrders((value) => process.send?.(value));
