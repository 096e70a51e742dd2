import type { ArgumentKind, Role, Verb } from './command.ts';

/** One argument of a command, in its place. */
export interface ArgumentSpec {
  readonly name: string;
  readonly kind: ArgumentKind;
  /** Words that may stand there besides names. */
  readonly words: readonly string[];
  readonly optional: boolean;
}

/** A `key=value` of a command. */
interface OptionSpec {
  readonly name: string;
  readonly kind: ArgumentKind;
}

/** All that there is to say of a verb: parser, help, replies and docs/commands.md are made from it. */
export interface CommandSpec {
  readonly verb: Verb;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** The least role that may use it. */
  readonly who: Role;
  /** What cannot be taken back, or gives trust: never taken from an edited comment. */
  readonly destructive: boolean;
  readonly where: 'anywhere' | 'pull requests';
  readonly does: string;
  /** Without the slash. */
  readonly examples: readonly string[];
}

function needed(name: string, kind: ArgumentKind, words: readonly string[] = []): ArgumentSpec {
  return { name, kind, words, optional: false };
}

function maybe(name: string, kind: ArgumentKind, words: readonly string[] = []): ArgumentSpec {
  return { name, kind, words, optional: true };
}

type Filled = Pick<CommandSpec, 'verb' | 'who' | 'does' | 'examples'> & Partial<CommandSpec>;

function command(spec: Filled): CommandSpec {
  return { arguments: [], options: [], destructive: false, where: 'anywhere', ...spec };
}

/** A verb more is an entry here, and a function in the journey that runs commands. */
export const commandTable: readonly CommandSpec[] = [
  command({
    verb: 'help',
    arguments: [maybe('verb', 'verb')],
    who: 'read',
    does: 'lists the commands, or explains one of them',
    examples: ['help', 'help rebuild'],
  }),
  command({
    verb: 'status',
    who: 'read',
    does: 'says what was built for this commit, what is being built, and what failed',
    examples: ['status'],
  }),
  command({
    verb: 'plan',
    who: 'read',
    does: 'says which images would be built, and which not, and builds nothing',
    examples: ['plan'],
  }),
  command({
    verb: 'explain',
    arguments: [needed('component', 'component'), needed('series', 'series')],
    who: 'read',
    does: 'says why an image is built or left alone, input by input, and why it failed',
    examples: ['explain nova 2025.2'],
  }),
  command({
    verb: 'check',
    who: 'triage',
    where: 'pull requests',
    does: 'makes the checks of configuration, constraints and patches again',
    examples: ['check'],
  }),
  command({
    verb: 'update',
    who: 'write',
    does: 'looks for new releases upstream at once, in all series',
    examples: ['update'],
  }),
  command({
    verb: 'rebuild',
    arguments: [
      needed('component', 'component', ['all', 'failed']),
      needed('series', 'series', ['all']),
    ],
    who: 'write',
    does: 'builds images whether or not something changed; `failed` takes exactly those that failed last, and no series',
    examples: ['rebuild nova 2025.2', 'rebuild nova all', 'rebuild all 2025.2', 'rebuild failed'],
  }),
  command({
    verb: 'retry',
    who: 'write',
    does: 'has the failed jobs of the last build run again as they were, in the same run',
    examples: ['retry'],
  }),
  command({
    verb: 'cancel',
    who: 'write',
    destructive: true,
    does: 'stops what is being built for this commit',
    examples: ['cancel'],
  }),
  command({
    verb: 'hold',
    options: [{ name: 'reason', kind: 'text' }],
    who: 'triage',
    where: 'pull requests',
    does: 'puts the label `pinwheel/hold` on: the bot neither changes nor merges the pull request',
    examples: ['hold', 'hold reason="waits for the release"'],
  }),
  command({
    verb: 'unhold',
    who: 'write',
    destructive: true,
    where: 'pull requests',
    does: 'takes the label `pinwheel/hold` off',
    examples: ['unhold'],
  }),
  command({
    verb: 'ok-to-build',
    arguments: [needed('commit', 'commit')],
    who: 'write',
    destructive: true,
    where: 'pull requests',
    does: 'has one commit of a fork built, without publishing; the next push needs a new word',
    examples: ['ok-to-build 1f0e9d8c7b6a5948372615049382716a5b4c3d2e'],
  }),
];

const byVerb: ReadonlyMap<string, CommandSpec> = new Map(
  commandTable.map((spec) => [spec.verb, spec]),
);

export function commandSpec(verb: Verb): CommandSpec {
  const spec = byVerb.get(verb);
  if (!spec) throw new Error(`the table of commands has no ${verb}`);
  return spec;
}

export function findCommandSpec(word: string): CommandSpec | undefined {
  return byVerb.get(word);
}

export const verbs: readonly Verb[] = commandTable.map(({ verb }) => verb);

/** `/rebuild <component|all|failed> <series|all>` */
export function usageOf({ verb, arguments: places, options }: CommandSpec): string {
  const words = places.map(({ name, words: others, optional }) => {
    const inner = [name, ...others].join('|');
    return optional ? `[${inner}]` : `<${inner}>`;
  });
  const keys = options.map(({ name }) => `[${name}=…]`);
  return [`/${verb}`, ...words, ...keys].join(' ');
}
