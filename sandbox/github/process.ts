import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { RunnerModule } from './actions/nouns.ts';
import type { Faults } from './faults.ts';
import type { GitHub, GitHubOptions } from './github.ts';
import type { Call } from './process-main.ts';
import type { Person } from './person.ts';
import type { Setup } from './setup.ts';

/** The same acts, each waited for; what is no function is asked for by one. */
type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : () => Promise<T[K]>;
};

/** A small GitHub in a process of its own. */
export interface GitHubProcess extends Pick<GitHub, 'url' | 'apiUrl' | 'webUrl'> {
  /** A runner is a function, and cannot be sent: the module that makes it is named instead. */
  readonly setup: Remote<Omit<Setup, 'runActions'>> & {
    runActions(fullName: string, runner: RunnerModule): Promise<void>;
  };
  readonly faults: Remote<Pick<Faults, 'plant' | 'clear' | 'summary'>>;
  as(login: string, fullName?: string): Remote<Person>;
  settled(): Promise<void>;
  /** Lines for a person; none when all was as GitHub describes it. */
  violations(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

type Ask = (target: readonly string[], act: string, args: readonly unknown[]) => Promise<unknown>;

/** Starts the small GitHub beside this process; it ends when this one does. */
export async function startGitHubProcess(
  options: Omit<GitHubOptions, 'clock'> = {},
): Promise<GitHubProcess> {
  const child = fork(import.meta.filename, [JSON.stringify(options)], {
    // Apps and repositories refer to one another, and hold maps.
    serialization: 'advanced',
  });
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('the small GitHub ended')));
  gone.catch(() => undefined);
  const [ready] = (await Promise.race([once(child, 'message'), gone])) as [
    Pick<GitHub, 'url' | 'apiUrl' | 'webUrl'>,
  ];
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  let last = 0;
  async function ask(target: readonly string[], act: string, args: readonly unknown[]) {
    const id = (last += 1);
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    child.send({ id, target, act, args } satisfies Call);
    const { result, error } = await Promise.race([answered, gone]);
    waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return result;
  }
  return {
    ...ready,
    setup: remote(ask, ['github']) as GitHubProcess['setup'],
    faults: remote(ask, ['faults']) as GitHubProcess['faults'],
    as: (login, name) => {
      const target = name === undefined ? [login] : [login, name];
      return remote(ask, ['person', ...target]) as Remote<Person>;
    },
    settled: () => ask(['github'], 'settled', []) as Promise<void>,
    violations: () => ask(['github'], 'violations', []) as Promise<readonly string[]>,
    async stop() {
      // It may have been killed.
      if (child.connected) child.disconnect();
      await gone.catch(() => undefined);
    },
  };
}

function remote(ask: Ask, target: readonly string[]): object {
  return new Proxy(
    {},
    {
      // A promise asks whether this is one, too.
      get: (_, act) =>
        typeof act === 'string' && act !== 'then'
          ? (...args: readonly unknown[]) => ask(target, act, args)
          : undefined,
    },
  );
}

// Started by itself, see above: this file is then the other process.
if (import.meta.main) {
  const { serveParent } = await import('./process-main.ts');
  await serveParent(JSON.parse(process.argv[2] ?? '{}') as GitHubOptions);
}
