import type { Outcome } from '../../core/model/job.ts';
import { fullName } from '../../core/model/repository.ts';
import type { InstalledRepository } from '../../core/model/repository.ts';
import type { GitHubApp } from '../../edge/github/app.ts';
import type { GitHubRepository, RepositoryFacts } from '../../edge/github/repository.ts';

/** A repository that can be worked on. */
export interface Reached {
  readonly kind: 'reached';
  readonly repository: GitHubRepository;
  readonly facts: RepositoryFacts;
  /** `owner/name`. */
  readonly name: string;
}

/** Looks whether there is anything to do in a repository at all: it may be gone, or put away. */
export async function reach(
  github: Pick<GitHubApp, 'repository'>,
  installed: InstalledRepository,
): Promise<Reached | Extract<Outcome, { readonly kind: 'nothing' }>> {
  const repository = github.repository(installed);
  const name = fullName(installed);
  const facts = await repository.facts();
  if (!facts) return { kind: 'nothing', why: `the App is not installed on ${name}` };
  if (facts.archived) return { kind: 'nothing', why: `${name} is archived` };
  return { kind: 'reached', repository, facts, name };
}
