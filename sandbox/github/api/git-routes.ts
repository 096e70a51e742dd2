import { githubSignature, signatureOf } from '../acts/commits.ts';
import { protectionOf } from '../acts/pull-facts.ts';
import { moveAndFollow } from '../acts/refs.ts';
import { readCommit, writeCommit } from '../git/commits.ts';
import type { Signature } from '../git/commits.ts';
import { readObject, readTyped, writeObject } from '../git/objects.ts';
import { isAncestor } from '../git/graph.ts';
import { isRefName, listRefs, readRef } from '../git/refs.ts';
import { changeTree, readTree, typeOfMode, walkTree, writeTree } from '../git/trees.ts';
import type { TreeChange, TreeEntry, TreeFile, TreeMode } from '../git/trees.ts';
import { showGitCommit, showRef } from '../show/commits.ts';
import { apiUrlOf } from '../show/repositories.ts';
import { nodeId } from '../state/site.ts';
import { notFound, Refusal } from '../state/refusal.ts';
import { authorize } from './auth.ts';
import { created, noContent, ok } from './call.ts';
import type { Answer, RepositoryCall, RepositoryRoutes } from './call.ts';
import { listAnswer } from './pages.ts';

async function refAnswer(call: RepositoryCall, ref: string, sha: string) {
  const object = await readObject(call.repository.dir, sha);
  return showRef(call, { ref, sha, type: object?.type ?? 'commit' });
}

async function getRef(call: RepositoryCall): Promise<Answer> {
  const ref = `refs/${call.params['ref'] ?? ''}`;
  const sha = await readRef(call.repository.dir, ref);
  if (sha === undefined) throw notFound();
  return ok(await refAnswer(call, ref, sha));
}

async function matchingRefs(call: RepositoryCall): Promise<Answer> {
  const prefix = `refs/${call.params['ref'] ?? ''}`;
  const found = await listRefs(call.repository.dir, prefix);
  const shown = await Promise.all([...found].map(([ref, sha]) => refAnswer(call, ref, sha)));
  return listAnswer(call, shown, (one) => one);
}

async function createRef(call: RepositoryCall): Promise<Answer> {
  const { ref, sha } = call.body as { readonly ref: string; readonly sha: string };
  const { dir } = call.repository;
  if (!isRefName(ref)) throw new Refusal(422, `${ref} is not a valid ref name.`);
  if ((await readRef(dir, ref)) !== undefined) throw new Refusal(422, 'Reference already exists');
  if (!(await readObject(dir, sha))) throw new Refusal(422, 'Object does not exist');
  await refuseOverlap(dir, ref);
  await moveAndFollow(call.scene, { ref, before: undefined, after: sha });
  return created(await refAnswer(call, ref, sha));
}

/** `a` and `a/b` cannot both be refs. */
async function refuseOverlap(dir: string, ref: string): Promise<void> {
  for (const other of (await listRefs(dir, 'refs/')).keys()) {
    const overlaps = other.startsWith(`${ref}/`) || ref.startsWith(`${other}/`);
    if (overlaps) throw new Refusal(422, `Reference cannot be created: ${other} is in the way`);
  }
}

async function updateRef(call: RepositoryCall): Promise<Answer> {
  const { sha, force = false } = call.body as { readonly sha: string; readonly force?: boolean };
  const ref = `refs/${call.params['ref'] ?? ''}`;
  const { dir } = call.repository;
  const before = await readRef(dir, ref);
  if (before === undefined) throw new Refusal(422, 'Reference does not exist');
  if (!(await readObject(dir, sha))) throw new Refusal(422, 'Object does not exist');
  refuseProtected(call, ref);
  if (!force && !(await isAncestor(dir, before, sha))) {
    throw new Refusal(422, 'Update is not a fast forward');
  }
  await moveAndFollow(call.scene, { ref, before, after: sha });
  return ok(await refAnswer(call, ref, sha));
}

async function deleteRef(call: RepositoryCall): Promise<Answer> {
  const ref = `refs/${call.params['ref'] ?? ''}`;
  const before = await readRef(call.repository.dir, ref);
  if (before === undefined) throw new Refusal(422, 'Reference does not exist');
  refuseProtected(call, ref);
  await moveAndFollow(call.scene, { ref, before, after: undefined });
  return noContent();
}

function refuseProtected({ repository }: RepositoryCall, ref: string): void {
  const branch = ref.replace(/^refs\/heads\//, '');
  if (branch === ref || !protectionOf(repository, branch)) return;
  const why = 'Changes must be made through a pull request.';
  throw new Refusal(422, `Repository rule violations found\n\n${why}\n\n`);
}

async function createBlob(call: RepositoryCall): Promise<Answer> {
  const { content, encoding = 'utf-8' } = call.body as {
    readonly content: string;
    readonly encoding?: string;
  };
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  const sha = await writeObject(call.repository.dir, 'blob', bytes);
  return created({ sha, url: `${apiUrlOf(call.site, call.repository)}/git/blobs/${sha}` });
}

async function getBlob(call: RepositoryCall): Promise<Answer> {
  const sha = call.params['file_sha'] ?? '';
  const bytes = await readTyped(call.repository.dir, sha, 'blob');
  if (bytes === undefined) throw notFound();
  if (call.accept.includes('raw')) {
    return { ...ok(bytes), mediaType: 'application/vnd.github.raw' };
  }
  return ok({
    sha,
    node_id: nodeId('B', `${call.repository.id}.${sha}`),
    size: bytes.byteLength,
    url: `${apiUrlOf(call.site, call.repository)}/git/blobs/${sha}`,
    content: base64Lines(bytes),
    encoding: 'base64',
  });
}

/** Sixty characters a line, as GitHub breaks it. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,60}/g, '$&\n');
}

interface TreeItem {
  readonly path?: string;
  readonly mode?: TreeMode;
  readonly sha?: string | null;
  readonly content?: string;
}

async function createTree(call: RepositoryCall): Promise<Answer> {
  const { tree, base_tree } = call.body as {
    readonly tree: readonly TreeItem[];
    readonly base_tree?: string;
  };
  const { dir } = call.repository;
  const base = base_tree === undefined ? undefined : await treeOf(dir, base_tree);
  if (base_tree !== undefined && base === undefined) {
    throw new Refusal(422, 'base_tree is not a valid tree or commit');
  }
  if (tree.some(({ path = '' }) => path.startsWith('.github/workflows/'))) {
    authorize(call.caller, 'workflows:write', call.repository);
  }
  const changes = await Promise.all(tree.map((item) => toChange(dir, item)));
  const sha = (await changeTree(dir, base, changes)) ?? (await writeTree(dir, []));
  return created(await showTree(call, sha, (await readTree(dir, sha)) ?? []));
}

async function treeOf(dir: string, sha: string): Promise<string | undefined> {
  const object = await readObject(dir, sha);
  if (object?.type === 'tree') return sha;
  return object?.type === 'commit' ? (await readCommit(dir, sha))?.tree : undefined;
}

async function toChange(dir: string, item: TreeItem): Promise<TreeChange> {
  const { path = '', mode = '100644', sha, content } = item;
  const isBad = /^\/|\/$|\/\/|^$/.test(path) || path.split('/').some(isForbidden);
  if (isBad) throw new Refusal(422, `tree.path contains a malformed path component: ${path}`);
  if (sha === null) return { path };
  const id = content === undefined ? sha : await writeObject(dir, 'blob', content);
  if (id === undefined) throw new Refusal(422, 'Must supply either tree.sha or tree.content');
  const object = mode === '160000' ? undefined : await readObject(dir, id);
  if (mode !== '160000' && object?.type !== typeOfMode(mode)) {
    throw new Refusal(422, `tree.sha ${id} is not a valid ${typeOfMode(mode)}`);
  }
  return { path, entry: { mode, sha: id } };
}

function isForbidden(part: string): boolean {
  return part === '.' || part === '..' || part.toLowerCase() === '.git';
}

async function getTree(call: RepositoryCall): Promise<Answer> {
  const name = call.params['tree_sha'] ?? '';
  const { dir } = call.repository;
  const sha = (await treeOf(dir, name)) ?? (await treeOfBranch(dir, name));
  if (sha === undefined) throw notFound();
  const entries =
    call.query['recursive'] === undefined ? await readTree(dir, sha) : await walkTree(dir, sha);
  return ok(await showTree(call, sha, entries ?? []));
}

async function treeOfBranch(dir: string, branch: string): Promise<string | undefined> {
  const tip = await readRef(dir, `refs/heads/${branch}`);
  return tip === undefined ? undefined : treeOf(dir, tip);
}

async function showTree(
  call: RepositoryCall,
  sha: string,
  entries: readonly (TreeEntry | TreeFile)[],
) {
  const api = `${apiUrlOf(call.site, call.repository)}/git`;
  const tree = await Promise.all(
    entries.map(async (entry) => {
      const type = typeOfMode(entry.mode);
      const blob = type === 'blob' ? await readObject(call.repository.dir, entry.sha) : undefined;
      return {
        path: 'path' in entry ? entry.path : entry.name,
        mode: entry.mode,
        type,
        sha: entry.sha,
        ...(blob && { size: blob.bytes.byteLength }),
        ...(type !== 'commit' && { url: `${api}/${type}s/${entry.sha}` }),
      };
    }),
  );
  return { sha, url: `${api}/trees/${sha}`, tree, truncated: false };
}

interface NewCommitBody {
  readonly message: string;
  readonly tree: string;
  readonly parents?: readonly string[];
  readonly author?: { readonly name: string; readonly email: string; readonly date?: string };
  readonly committer?: { readonly name?: string; readonly email?: string; readonly date?: string };
  readonly signature?: string;
}

async function createCommit(call: RepositoryCall): Promise<Answer> {
  const { message, tree, parents = [], author, committer, signature } = call.body as NewCommitBody;
  const { site, repository, scene } = call;
  if ((await readTree(repository.dir, tree)) === undefined) {
    throw new Refusal(422, 'Tree SHA does not exist');
  }
  for (const parent of parents) {
    if (await readCommit(repository.dir, parent)) continue;
    throw new Refusal(422, 'Parent SHA does not exist or is not a commit object');
  }
  const now = site.clock.now();
  const own = signatureOf(scene.actor, now);
  const isBot = !author && !committer && signature === undefined && scene.app !== undefined;
  const who = author ? { ...own, ...toSignature(author, now) } : own;
  const by = committer ? { ...who, ...toSignature(committer, now) } : who;
  const commit = {
    ...{ tree, parents, message, author: who },
    committer: isBot ? githubSignature(now) : by,
  };
  const sha = await writeCommit(repository.dir, commit);
  // GitHub signs for an App that says nothing of author, committer or signature.
  if (isBot) repository.signed.add(sha);
  return created(showGitCommit(call, { sha, ...commit }));
}

function toSignature(
  who: NonNullable<NewCommitBody['committer']>,
  now: number,
): Partial<Signature> {
  const at = who.date === undefined ? now : Date.parse(who.date);
  return {
    ...(who.name !== undefined && { name: who.name }),
    ...(who.email !== undefined && { email: who.email }),
    seconds: Math.floor(at / 1000),
  };
}

async function getGitCommit(call: RepositoryCall): Promise<Answer> {
  const commit = await readCommit(call.repository.dir, call.params['commit_sha'] ?? '');
  if (!commit) throw notFound();
  return ok(showGitCommit(call, commit));
}

const read = 'contents:read';
const write = 'contents:write';
export const gitRoutes: RepositoryRoutes = {
  'GET /repos/{owner}/{repo}/git/ref/{ref}': { needs: read, answer: getRef },
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': { needs: read, answer: matchingRefs },
  'POST /repos/{owner}/{repo}/git/refs': { needs: write, answer: createRef },
  'PATCH /repos/{owner}/{repo}/git/refs/{ref}': { needs: write, answer: updateRef },
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}': { needs: write, answer: deleteRef },
  'POST /repos/{owner}/{repo}/git/blobs': { needs: write, answer: createBlob },
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': { needs: read, answer: getBlob },
  'POST /repos/{owner}/{repo}/git/trees': { needs: write, answer: createTree },
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': { needs: read, answer: getTree },
  'POST /repos/{owner}/{repo}/git/commits': { needs: write, answer: createCommit },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': { needs: read, answer: getGitCommit },
};
