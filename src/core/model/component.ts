/** A component is a service if `images/<name>/Dockerfile` exists, else a library. */
type ComponentKind = 'service' | 'library';

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

/** The version that a tag names, as upstream spells it; `undefined` where the tag has another shape. */
export function versionTextOf(component: Pick<Component, 'tag'>, tag: string): string | undefined {
  const [before = '', after = ''] = component.tag.split('{version}');
  if (!tag.startsWith(before) || !tag.endsWith(after)) return undefined;
  const text = tag.slice(before.length, tag.length - after.length);
  return /^\d/.test(text) ? text : undefined;
}

/** The tag that a version has upstream. */
export function tagOfVersion(component: Pick<Component, 'tag'>, version: string): string {
  return component.tag.replace('{version}', version);
}

/** The release line of a version, its first two numbers as spelled: `25.09` of `25.09.4`. */
export function releaseLine(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
