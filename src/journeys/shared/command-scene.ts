import type { Command, Role } from '../../core/model/command.ts';
import type { JobRequest } from '../../core/model/job.ts';
import type { InstalledRepository } from '../../core/model/repository.ts';
import type { Asking, KnownNames } from '../../core/decide/commands.ts';
import { readCatalog } from '../../core/formats/catalog.ts';
import type { Conversation, IssueComment } from '../../edge/github/talk.ts';
import { branchTarget, pullTarget } from './build-target.ts';
import type { BuildTarget } from './build-target.ts';
import type { BuildWorld } from './build-world.ts';
import type { Reached } from './reach.ts';

/** Where a command was written, and by whom. */
interface CommandPlace {
  readonly world: BuildWorld;
  readonly installed: InstalledRepository;
  readonly reached: Reached;
  readonly comment: IssueComment;
  readonly conversation: Conversation;
  readonly role: Role;
}

/** All that a command may need: beside that the commit that it is about. */
export interface CommandScene extends CommandPlace {
  readonly target: BuildTarget;
  readonly names: KnownNames;
}

/** The commit cannot be looked at any more. */
export interface GoneScene extends CommandPlace {
  /** The branch. */
  readonly gone: string;
}

/** One command of a comment. */
export interface CommandTask {
  readonly command: Command;
  /** Names of cells, where it is about some. */
  readonly cells: readonly string[];
  /** Its place among all commands of the comment. */
  readonly position: number;
}

/** What a command did. */
export interface Done {
  readonly result: 'done' | 'working' | 'refused';
  /** Markdown. */
  readonly text: string;
  /** What is to be done about it. */
  readonly jobs?: readonly JobRequest[];
}

/** The commit that commands on a conversation are about; the name of a branch that is gone instead. */
export async function commandTarget(
  world: BuildWorld,
  reached: Reached,
  { isPull, number }: Conversation,
): Promise<BuildTarget | string> {
  if (!isPull) {
    const branch = reached.facts.defaultBranch;
    return (await branchTarget(world, reached, { branch })) ?? branch;
  }
  const pull = await reached.repository.pulls.get(number);
  return (await pullTarget(world, reached, pull)) ?? pull.base;
}

/** What can be named; a broken repository has no names, and commands without any go on. */
export function namesOf({ snapshot }: BuildTarget): KnownNames {
  const { components, series } = readCatalog(snapshot);
  const services = [...components.values()].filter(({ kind }) => kind === 'service');
  return {
    services: new Map(
      services.map(({ name }) => [
        name,
        series
          .filter(({ pins }) => pins.some(({ component }) => component === name))
          .map(({ id }) => id),
      ]),
    ),
    libraries: [...components.values()]
      .filter(({ kind }) => kind === 'library')
      .map(({ name }) => name),
    series: series.map(({ id }) => id),
  };
}

const noNames: KnownNames = { services: new Map(), libraries: [], series: [] };

export function askingOf(scene: CommandScene | GoneScene, edited: boolean): Asking {
  const { role, conversation } = scene;
  const names = 'gone' in scene ? noNames : scene.names;
  const { isPull, open, locked } = conversation;
  return { role, edited, on: isPull ? 'pull request' : 'issue', open, locked, names };
}
