import type { Account, Repository, Role } from './nouns.ts';

const ranks: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin'];

/** What a person may do in a repository; undefined for nothing. */
export function roleOf(repository: Repository, account: Account): Role | undefined {
  const { owner, collaborators } = repository;
  if (owner === account) return 'admin';
  const membership = owner.members.get(account.login);
  if (membership === 'admin') return 'admin';
  const granted = collaborators.get(account.login);
  return granted ?? (membership === 'member' || !repository.private ? 'read' : undefined);
}

export function mayAs(repository: Repository, account: Account, wanted: Role): boolean {
  const role = roleOf(repository, account);
  return role !== undefined && ranks.indexOf(role) >= ranks.indexOf(wanted);
}

/** The old word for a role: only three are told apart. */
export function foldedRole(role: Role | undefined): string {
  if (role === undefined) return 'none';
  if (role === 'maintain') return 'write';
  return role === 'triage' ? 'read' : role;
}

/** Never an authority: GitHub calls members of an organization who hide it CONTRIBUTOR. */
export function associationOf(repository: Repository, account: Account): string {
  const { owner, collaborators } = repository;
  if (owner === account) return 'OWNER';
  if (owner.members.has(account.login)) return 'MEMBER';
  return collaborators.has(account.login) ? 'COLLABORATOR' : 'NONE';
}
