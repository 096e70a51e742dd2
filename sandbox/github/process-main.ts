import type { Runner, RunnerModule } from './actions/nouns.ts';
import { startGitHub } from './github.ts';
import type { GitHub, GitHubOptions } from './github.ts';
import { violationLines } from './violations.ts';

/** Something that is to be done in the other process. */
export interface Call {
  readonly id: number;
  /** `github`, `faults`, or `person` with login and repository. */
  readonly target: readonly string[];
  readonly act: string;
  readonly args: readonly unknown[];
}

type Act = (...args: readonly unknown[]) => unknown;
/** What can be asked of a target: things to do, and facts. */
type Acts = Readonly<Record<string, unknown>>;

/** What came by message is a copy: Apps and installations are found again by their ids. */
function revive({ site }: GitHub, value: unknown): unknown {
  const { id } = (value ?? {}) as { readonly id?: number };
  return site.apps.get(id ?? 0) ?? site.installations.get(id ?? 0) ?? value;
}

function targetOf(github: GitHub, { target }: Call): Acts {
  const [kind, ...names] = target;
  if (kind === 'person') return github.as(...(names as [string, string?])) as unknown as Acts;
  return (kind === 'faults' ? github.faults : github) as unknown as Acts;
}

async function answer(github: GitHub, call: Call): Promise<unknown> {
  if (call.act === 'violations') return violationLines(github.violations);
  if (call.act === 'runActions') return runActions(github, call.args);
  const acts = targetOf(github, call);
  const act = acts[call.act];
  if (typeof act !== 'function') return act;
  const result = await (act as Act)(...call.args.map((value) => revive(github, value)));
  // A function, such as that which takes a fault away again, cannot be sent.
  return typeof result === 'function' ? undefined : result;
}

async function runActions(github: GitHub, args: readonly unknown[]): Promise<void> {
  const [fullName, { module, script }] = args as [string, RunnerModule];
  const made = (await import(module)) as { readonly makeRunner: (script: unknown) => Runner };
  github.runActions(fullName, made.makeRunner(script));
}

/** A parent that has gone while it was being answered is no error: `disconnect` ends this process. */
function tell(message: object): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

/** The small GitHub in a process of its own: does what its parent asks by message, and ends with it. */
export async function serveParent(options: GitHubOptions): Promise<void> {
  // What ends a terminal or a service reaches every process of it; when to end is for the parent to say.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  const github = await startGitHub(options);
  const { url, apiUrl, webUrl } = github;
  process.on('message', (call: Call) => {
    answer(github, call).then(
      (result) => {
        tell({ id: call.id, result });
      },
      (error: unknown) => {
        tell({ id: call.id, error: String(error) });
      },
    );
  });
  process.once('disconnect', () => {
    void github.stop().finally(() => process.exit());
  });
  tell({ url, apiUrl, webUrl });
}
