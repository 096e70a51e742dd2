import { readCommit, writeCommit } from '../git/commits.ts';
import type { Signature } from '../git/commits.ts';
import { writeObject } from '../git/objects.ts';
import { readRef } from '../git/refs.ts';
import { changeTree, writeTree } from '../git/trees.ts';
import type { TreeChange, TreeMode } from '../git/trees.ts';
import { noreplyAddress } from '../show/commits.ts';
import type { Account } from '../state/nouns.ts';
import type { Place, Scene } from '../state/site.ts';
import { moveAndFollow } from './refs.ts';

/** Text or bytes of a file, or null to take it away; a mode where it is no ordinary file. */
export type NewFile =
  string | Uint8Array | null | { readonly mode: TreeMode; readonly content: string | Uint8Array };

export interface NewPush {
  /** Without `refs/heads/`. */
  readonly branch: string;
  readonly files: Readonly<Record<string, NewFile>>;
  readonly message: string;
  /** Where a new branch begins. Default: the default branch. */
  readonly from?: string;
  /** Forget what the branch had; begin again at `from`. */
  readonly force?: boolean;
}

/** Commits on top of a branch and pushes, as a person would from a clone. Gives the commit. */
export async function pushFiles(scene: Scene, push: NewPush): Promise<string> {
  const { site, repository, actor } = scene;
  const { dir } = repository;
  const ref = `refs/heads/${push.branch}`;
  const before = await readRef(dir, ref);
  const from = push.from ?? repository.defaultBranch;
  const start = push.force === true || before === undefined ? await resolve(scene, from) : before;
  const parent = start === undefined ? undefined : await readCommit(dir, start);
  const tree = await changeTree(dir, parent?.tree, await writeFiles(dir, push.files));
  const who = signatureOf(actor, site.clock.now());
  const after = await writeCommit(dir, {
    tree: tree ?? (await writeTree(dir, [])),
    parents: parent ? [parent.sha] : [],
    author: who,
    committer: who,
    message: push.message.endsWith('\n') ? push.message : `${push.message}\n`,
  });
  await moveAndFollow(scene, { ref, before, after });
  return after;
}

async function resolve({ repository }: Place, name: string): Promise<string | undefined> {
  const { dir } = repository;
  return (await readRef(dir, `refs/heads/${name}`)) ?? (await readCommit(dir, name))?.sha;
}

async function writeFiles(
  dir: string,
  files: Readonly<Record<string, NewFile>>,
): Promise<readonly TreeChange[]> {
  return Promise.all(
    Object.entries(files).map(async ([path, file]) => {
      if (file === null) return { path };
      const isPlain = typeof file === 'string' || file instanceof Uint8Array;
      const { mode, content } = isPlain ? { mode: '100644' as const, content: file } : file;
      return { path, entry: { mode, sha: await writeObject(dir, 'blob', content) } };
    }),
  );
}

export function signatureOf(account: Account, now: number): Signature {
  const seconds = Math.floor(now / 1000);
  return { name: account.name ?? account.login, email: noreplyAddress(account), seconds };
}

/** The committer of what GitHub makes itself. */
export function githubSignature(now: number): Signature {
  return { name: 'GitHub', email: 'noreply@github.com', seconds: Math.floor(now / 1000) };
}
