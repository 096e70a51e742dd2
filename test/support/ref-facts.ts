import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the upstream data says of one tag. */
export interface TagFact {
  readonly name: string;
  readonly annotated: boolean;
  /** The real commit. */
  readonly commit: string;
  /** ISO. */
  readonly date?: string;
  /** The lines of the tag's own message. */
  readonly series?: string;
  readonly branch?: string;
  readonly releaseType?: string;
}

/** What the upstream data says of one repository. */
export interface RepositoryFacts {
  readonly name: string;
  /** Branch name to real commit. */
  readonly heads: ReadonlyMap<string, string>;
  readonly tags: readonly TagFact[];
}

/** Reads ls-remote/<name>.txt, and tag-meta/<name>.tsv where there is one. */
export function readRefFacts(data: string, name: string): RepositoryFacts {
  const refs = readRefList(join(data, 'ls-remote', `${name}.txt`));
  const metas = readTagMetas(join(data, 'tag-meta', `${name}.tsv`));
  const heads = new Map<string, string>();
  const tags: TagFact[] = [];
  for (const [ref, id] of refs) {
    if (ref.startsWith('refs/heads/')) heads.set(ref.slice('refs/heads/'.length), id);
    if (!ref.startsWith('refs/tags/') || ref.endsWith('^{}')) continue;
    const tag = ref.slice('refs/tags/'.length);
    const peeled = refs.get(`${ref}^{}`);
    const meta = metas.get(tag);
    tags.push({ name: tag, annotated: peeled !== undefined, commit: peeled ?? id, ...meta });
  }
  return { name, heads, tags };
}

/** Lines of a table with tabs, its heading line left out. */
export function readTable(file: string): readonly (readonly string[])[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(1);
  return lines.filter((line) => line !== '').map((line) => line.split('\t'));
}

function readRefList(file: string): ReadonlyMap<string, string> {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
}

type TagMeta = Pick<TagFact, 'date' | 'series' | 'branch' | 'releaseType'>;

function readTagMetas(file: string): ReadonlyMap<string, TagMeta> {
  const metas = new Map<string, TagMeta>();
  for (const [tag = '', , , , date, series, branch, releaseType] of readTable(file)) {
    metas.set(tag, {
      ...(date !== undefined && { date }),
      ...given('series', series),
      ...given('branch', branch),
      ...given('releaseType', releaseType),
    });
  }
  return metas;
}

function given(key: 'series' | 'branch' | 'releaseType', text: string | undefined): TagMeta {
  return text === undefined || text === '' ? {} : { [key]: text };
}
