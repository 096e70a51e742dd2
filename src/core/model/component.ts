/** A component is a service if `images/<name>/Dockerfile` exists, else a library. */
export type ComponentKind = 'service' | 'library';

/** How a component is built. */
export type BuildKind = 'python' | 'autotools';

/** Anything with a line in a source-refs.yaml, with what the policy says of it. */
export interface Component {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly build: BuildKind;
  /** Git URL from the policy; without one the upstream templates are used. */
  readonly upstream?: string;
  /**
   * Pattern of the branch of a release line for what follows no OpenStack series: `branch-{line}`.
   * `{line}` is the first two numbers of the pinned version as upstream spells them.
   */
  readonly branch?: string;
  /** Pattern of a release tag, `v{version}`. Default `{version}`. */
  readonly tag: string;
}

/** `true` where versions follow release lines of their own (OVN, OVS), not an OpenStack series. */
export function hasReleaseLines(component: Component): boolean {
  return component.branch !== undefined;
}
