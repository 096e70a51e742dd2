import { makeBare, protectRefs } from '../git/bare.ts';
import { showRepository } from '../show/repositories.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Account, Protection, Repository, Role } from '../state/nouns.ts';
import { Refusal } from '../state/refusal.ts';
import { announce, findRepository, repositoryDir } from '../state/site.ts';
import type { Scene, Site } from '../state/site.ts';
import { runGit } from '../../git.ts';

export interface NewRepository {
  readonly owner: Account;
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly defaultBranch?: string;
  readonly collaborators?: Readonly<Record<string, Role>>;
  readonly parent?: Repository;
}

/** GitHub's own labels of a new repository, less those that no bot asks for. */
const firstLabels = { bug: 'd73a4a', documentation: '0075ca', enhancement: 'a2eeef' };

export async function createRepository(site: Site, fields: NewRepository): Promise<Repository> {
  const { owner, name, parent = null, defaultBranch = 'main' } = fields;
  if (findRepository(site, `${owner.login}/${name}`)) {
    throw new Error(`there is a repository ${owner.login}/${name} already`);
  }
  const id = site.nextId();
  const now = site.clock.now();
  const dir = repositoryDir(site, id);
  await makeBare(dir, defaultBranch);
  const repository: Repository = {
    ...{ id, owner, dir, parent, createdAt: now, private: fields.private === true },
    collaborators: new Map(Object.entries(fields.collaborators ?? {})),
    ...{ labels: new Map(), issues: new Map(), comments: new Map() },
    ...{ suites: new Map(), checks: new Map(), signed: new Set(), formerNames: new Set() },
    ...{ name, description: fields.description ?? null, defaultBranch, archived: false },
    ...{ pushedAt: now, updatedAt: now, protections: [], allowsAutoMerge: false },
  };
  for (const [label, color] of Object.entries(firstLabels)) {
    const made = { id: site.nextId(), name: label, color, description: null };
    repository.labels.set(label, made);
  }
  site.repositories.set(id, repository);
  return repository;
}

/** A copy of a repository that belongs to somebody else, branches included. */
export async function forkRepository({ site, repository, actor }: Scene): Promise<Repository> {
  const { name, defaultBranch } = repository;
  const fork = await createRepository(site, {
    ...{ owner: actor, name, defaultBranch, parent: repository, private: repository.private },
  });
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  await runGit(['-C', fork.dir, 'fetch', '--quiet', repository.dir, ...refs]);
  return fork;
}

export function renameRepository({ site, repository, actor }: Scene, name: string): void {
  const from = repository.name;
  repository.formerNames.add(fullNameOf(repository).toLowerCase());
  repository.name = name;
  const payload = { changes: { repository: { name: { from } } } };
  announce(site, { event: 'repository', action: 'renamed', actor, repository, payload });
}

export function archiveRepository({ site, repository, actor }: Scene): void {
  repository.archived = true;
  const happening = { event: 'repository', action: 'archived', actor, repository };
  announce(site, { ...happening, payload: { repository: showRepository(site, repository) } });
}

/** Branches that are changed through pull requests only, unless an administrator pushes. */
export async function protectBranches(
  { repository }: Pick<Scene, 'repository'>,
  protections: readonly Protection[],
): Promise<void> {
  repository.protections = protections;
  await protectRefs(
    repository.dir,
    protections.map(({ pattern }) => `refs/heads/${pattern}`),
  );
}

export function refuseArchived({ archived }: Repository): void {
  if (archived) throw new Refusal(403, 'Repository was archived so is read-only.');
}
