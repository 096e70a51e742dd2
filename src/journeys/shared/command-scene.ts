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

/** All that a command may need: where it was written, by whom, and the commit that it is about. */
export interface CommandScene {
  readonly world: BuildWorld;
  readonly installed: InstalledRepository;
  readonly reached: Reached;
  readonly comment: IssueComment;
  readonly conversation: Conversation;
  readonly target: BuildTarget;
  readonly role: Role;
  readonly names: KnownNames;
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

/** The commit that commands on a conversation are about; `undefined` where it is gone. */
export async function commandTarget(
  world: BuildWorld,
  reached: Reached,
  { isPull, number }: Conversation,
): Promise<BuildTarget | undefined> {
  if (!isPull) return branchTarget(world, reached, { branch: reached.facts.defaultBranch });
  return pullTarget(world, reached, await reached.repository.pulls.get(number));
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

export function askingOf(scene: CommandScene, edited: boolean): Asking {
  const { role, conversation, names } = scene;
  const { isPull, open, locked } = conversation;
  return { role, edited, on: isPull ? 'pull request' : 'issue', open, locked, names };
}
