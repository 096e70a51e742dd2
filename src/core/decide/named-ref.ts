import { nearestWord } from '../model/nearest.ts';
import type { RemoteRefs } from '../model/upstream.ts';
import { successorsOf } from './branch-pin.ts';

/** A ref as somebody typed it. Nothing says of a bare name whether it is a tag or a branch. */
export type AskedRef =
  | { readonly kind: 'commit'; readonly commit: string }
  | { readonly kind: 'name'; readonly name: string; readonly space: 'heads' | 'tags' | 'either' };

/** Reads `32.1.0`, `stable/2025.2`, `refs/tags/32.1.0` or 40 hex digits. */
export function askedRef(text: string): AskedRef {
  if (/^[0-9a-f]{40}$/i.test(text)) return { kind: 'commit', commit: text.toLowerCase() };
  const full = /^refs\/(heads|tags)\/(.+)$/.exec(text);
  if (!full) return { kind: 'name', name: text, space: 'either' };
  return { kind: 'name', name: full[2] ?? '', space: full[1] === 'heads' ? 'heads' : 'tags' };
}

/** The prefixes under which a repository would list it; of a commit, those of all that may contain it. */
export function askedPrefixes(asked: AskedRef): readonly string[] {
  if (asked.kind === 'commit') return ['refs/heads/'];
  const spaces = asked.space === 'either' ? ['heads', 'tags'] : [asked.space];
  return spaces.map((space) => `refs/${space}/${asked.name}`);
}

/** What a name is in a repository. */
export type FoundRef =
  | { readonly kind: 'found'; readonly ref: string; readonly commit: string }
  /** A tag and a branch that are different commits. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'missing' };

/** Finds a name among the refs of a repository. */
export function findName(
  { name, space }: Extract<AskedRef, { readonly kind: 'name' }>,
  { heads, tags }: RemoteRefs,
): FoundRef {
  const tag = space === 'heads' ? undefined : tags.get(name)?.commit;
  const head = space === 'tags' ? undefined : heads.get(name);
  if (tag !== undefined && head !== undefined && tag !== head) return { kind: 'ambiguous' };
  if (tag !== undefined) return { kind: 'found', ref: `refs/tags/${name}`, commit: tag };
  if (head !== undefined) return { kind: 'found', ref: `refs/heads/${name}`, commit: head };
  return { kind: 'missing' };
}

/** The tag and the branch that were probably meant; none where none is near. */
export function nearestRefs(name: string, { heads, tags }: RemoteRefs): readonly string[] {
  const near = [tags, heads].flatMap((known) => nearestWord(name, [...known.keys()]) ?? []);
  return [...new Set(near)];
}

/**
 * The branch that most likely contains a commit: one that ends in it, else that of the series. A guess
 * is enough, for only servers that refuse ids are asked for it.
 */
export function likelyBranch(commit: string, series: string, { heads }: RemoteRefs): string {
  const branch = `stable/${series}`;
  const usual = [branch, ...successorsOf(branch).branches, 'master', 'main'];
  const ending = [...heads].find(([, head]) => head === commit)?.[0];
  const known = ending ?? usual.find((name) => heads.has(name)) ?? [...heads.keys()][0];
  return `refs/heads/${known ?? branch}`;
}
