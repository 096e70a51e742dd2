/** A repository on GitHub that has the App installed. */
export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/** The same, and the installation whose token opens it. */
export interface InstalledRepository extends RepositoryName {
  readonly installation: number;
}

export function fullName({ owner, name }: RepositoryName): string {
  return `${owner}/${name}`;
}
