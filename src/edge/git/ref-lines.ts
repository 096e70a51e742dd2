import type { RemoteTag } from '../../core/model/upstream.ts';

/** Branches and tags by name, without `refs/heads/` and `refs/tags/`. */
export interface ListedRefs {
  readonly heads: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, RemoteTag>;
}

/**
 * Reads what `git ls-remote` and `git show-ref -d` print: an id, white space, a ref. An annotated tag
 * has a second line, `<ref>^{}`, with what it points to in the end.
 */
export function parseRefLines(text: string): ListedRefs {
  const heads = new Map<string, string>();
  const tags = new Map<string, RemoteTag>();
  for (const line of text.split('\n')) {
    const [, id, kind, name] = /^([0-9a-f]{40})\s+refs\/(heads|tags)\/(\S+)$/.exec(line) ?? [];
    if (id === undefined || name === undefined) continue;
    if (kind === 'heads') heads.set(name, id);
    else if (!name.endsWith('^{}')) tags.set(name, { object: id, commit: id });
    else peel(tags, name.slice(0, -3), id);
  }
  return { heads, tags };
}

function peel(tags: Map<string, RemoteTag>, name: string, commit: string): void {
  const tag = tags.get(name);
  if (tag) tags.set(name, { object: tag.object, commit });
}

/** Those whose full name starts with one of the prefixes; all of them where there are no prefixes. */
export function withPrefixes(refs: ListedRefs, prefixes: readonly string[]): ListedRefs {
  function wanted(name: string): boolean {
    return prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix));
  }
  return {
    heads: new Map([...refs.heads].filter(([name]) => wanted(`refs/heads/${name}`))),
    tags: new Map([...refs.tags].filter(([name]) => wanted(`refs/tags/${name}`))),
  };
}
