/** The named build context that a component's source goes into. */
export type SourceRole = 'source' | 'libraries' | 'sources';

/** One source that an image is built from. */
export interface RecipeSource {
  readonly component: string;
  readonly role: SourceRole;
  readonly commit: string;
  readonly version: string;
  /** Git URL from the policy; without one the upstream templates are used. */
  readonly upstream?: string;
  /** Patches that `pinwheel apply` has to bring into it. */
  readonly patches: readonly string[];
}

/** Everything that a build of one cell is given. */
export interface Recipe {
  readonly service: string;
  readonly series: string;
  readonly digest: string;
  /** Images of this repository that have to be there first, in the order to build them. */
  readonly bases: readonly string[];
  /** Named contexts that its Dockerfile reads, `source` among them. */
  readonly contexts: readonly string[];
  readonly sources: readonly RecipeSource[];
  readonly args: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
}
