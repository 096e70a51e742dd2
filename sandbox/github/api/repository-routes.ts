import { protectionOf } from '../acts/pull-facts.ts';
import { readCommit } from '../git/commits.ts';
import { readTyped } from '../git/objects.ts';
import { listRefs, readRef } from '../git/refs.ts';
import { entryAt, readTree, typeOfMode } from '../git/trees.ts';
import type { TreeEntry } from '../git/trees.ts';
import { showAccount } from '../show/accounts.ts';
import { showCommit } from '../show/commits.ts';
import { apiUrlOf, showFullRepository, webUrlOf } from '../show/repositories.ts';
import { fullNameOf } from '../state/nouns.ts';
import type { Repository, Role } from '../state/nouns.ts';
import { notFound } from '../state/refusal.ts';
import { foldedRole, mayAs, roleOf } from '../state/roles.ts';
import { accountOf } from '../state/site.ts';
import { ok } from './call.ts';
import type { Answer, RepositoryCall, RepositoryRoutes } from './call.ts';
import { base64Lines } from './git-routes.ts';
import { listAnswer } from './pages.ts';

const heads = 'refs/heads/';

function getPermission(call: RepositoryCall): Answer {
  const { site, repository } = call;
  const account = accountOf(site, call.params['username'] ?? '');
  const role = roleOf(repository, account);
  return ok({
    permission: foldedRole(role),
    role_name: role ?? 'none',
    user: {
      ...showAccount(site, account),
      role_name: role ?? 'none',
      permissions: Object.fromEntries(
        (
          [
            ['pull', 'read'],
            ['triage', 'triage'],
            ['push', 'write'],
            ['maintain', 'maintain'],
            ['admin', 'admin'],
          ] as const satisfies readonly (readonly [string, Role])[]
        ).map(([name, wanted]) => [name, mayAs(repository, account, wanted)]),
      ),
    },
  });
}

async function listBranches(call: RepositoryCall): Promise<Answer> {
  const { site, repository, query } = call;
  const refs = await listRefs(repository.dir, heads);
  const all = [...refs].map(([ref, sha]) => ({ name: ref.slice(heads.length), sha }));
  const wanted = query['protected'];
  const shown = all
    .map(({ name, sha }) => ({
      name,
      commit: { sha, url: `${apiUrlOf(site, repository)}/commits/${sha}` },
      protected: protectionOf(repository, name) !== undefined,
    }))
    .filter((one) => wanted === undefined || String(one.protected) === wanted);
  return listAnswer(call, shown, (one) => one);
}

async function getBranch(call: RepositoryCall): Promise<Answer> {
  const { site, repository } = call;
  const name = call.params['branch'] ?? '';
  const sha = await readRef(repository.dir, heads + name);
  const commit = sha === undefined ? undefined : await readCommit(repository.dir, sha);
  if (!commit) throw notFound();
  const self = `${apiUrlOf(site, repository)}/branches/${encodeURIComponent(name)}`;
  const protection = protectionOf(repository, name);
  const checks = protection?.requiredChecks ?? [];
  return ok({
    name,
    commit: showCommit(call, commit),
    _links: { self, html: `${webUrlOf(site, repository)}/tree/${name}` },
    protected: protection !== undefined,
    protection: {
      enabled: protection !== undefined,
      required_status_checks: {
        enforcement_level: protection ? 'non_admins' : 'off',
        contexts: checks,
        checks: checks.map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${self}/protection`,
  });
}

/** The rules of a branch, whether or not it is there yet. */
function listRules(call: RepositoryCall): Answer {
  const { repository } = call;
  const protection = protectionOf(repository, call.params['branch'] ?? '');
  if (!protection) return listAnswer(call, [], (one) => one);
  const source = {
    ruleset_source_type: 'Repository',
    ruleset_source: fullNameOf(repository),
    ruleset_id: repository.protections.indexOf(protection) + 1,
  };
  const pullRequest = {
    type: 'pull_request',
    parameters: {
      ...{ dismiss_stale_reviews_on_push: false, require_code_owner_review: false },
      ...{ require_last_push_approval: false, required_review_thread_resolution: false },
      required_approving_review_count: protection.requiredApprovals,
    },
  };
  const statusChecks = {
    type: 'required_status_checks',
    parameters: {
      required_status_checks: protection.requiredChecks.map((context) => ({ context })),
      strict_required_status_checks_policy: false,
    },
  };
  const rules = [
    { type: 'deletion' },
    { type: 'non_fast_forward' },
    pullRequest,
    ...(protection.requiredChecks.length > 0 ? [statusChecks] : []),
  ];
  return listAnswer(call, rules, (rule) => ({ ...rule, ...source }));
}

/** A branch, tag or commit by any of its names; the default branch without one. */
export async function resolveCommit(
  repository: Repository,
  name: string | undefined,
): Promise<string | undefined> {
  const wanted = name ?? repository.defaultBranch;
  const { dir } = repository;
  for (const ref of [heads + wanted, `refs/tags/${wanted}`, `refs/${wanted}`, wanted]) {
    const sha = await readRef(dir, ref);
    if (sha !== undefined) return peel(dir, sha);
  }
  return (await readCommit(dir, wanted))?.sha;
}

async function peel(dir: string, sha: string): Promise<string> {
  const tag = await readTyped(dir, sha, 'tag');
  const [, target] = /^object ([0-9a-f]{40})$/m.exec(tag?.toString() ?? '') ?? [];
  return target === undefined ? sha : peel(dir, target);
}

async function getContents(call: RepositoryCall): Promise<Answer> {
  const { repository } = call;
  const { dir } = repository;
  const path = (call.params['path'] ?? '').replace(/\/$/, '');
  const ref = call.query['ref'];
  const sha = await resolveCommit(repository, ref);
  const commit = sha === undefined ? undefined : await readCommit(dir, sha);
  if (!commit) throw notFound();
  const entry = await entryAt(dir, commit.tree, path);
  if (!entry) throw notFound();
  const place = { call, ref: ref ?? repository.defaultBranch };
  if (entry.mode === '040000') return getDirectory(place, path, entry.sha);
  return getFile(place, path, entry);
}

interface ContentPlace {
  readonly call: RepositoryCall;
  readonly ref: string;
}

async function getDirectory(place: ContentPlace, path: string, tree: string): Promise<Answer> {
  const { dir } = place.call.repository;
  const entries = (await readTree(dir, tree)) ?? [];
  const shown = await Promise.all(
    entries.map(async (entry) => {
      const bytes = await readTyped(dir, entry.sha, 'blob');
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      return showContent(place, below, { entry, size: bytes?.byteLength ?? 0 });
    }),
  );
  return ok(shown);
}

async function getFile(place: ContentPlace, path: string, entry: TreeEntry): Promise<Answer> {
  const { call } = place;
  const bytes = await readTyped(call.repository.dir, entry.sha, 'blob');
  if (bytes === undefined) throw notFound();
  if (call.accept.includes('raw')) {
    return { ...ok(bytes), mediaType: 'application/vnd.github.raw+json; charset=utf-8' };
  }
  const shown = showContent(place, path, { entry, size: bytes.byteLength });
  if (entry.mode === '120000') return ok({ ...shown, target: bytes.toString() });
  // Above a megabyte only the raw form has the content.
  const isLarge = bytes.byteLength > 1_048_576;
  const encoding = isLarge ? 'none' : 'base64';
  return ok({ ...shown, encoding, content: isLarge ? '' : base64Lines(bytes) });
}

function showContent(
  { call, ref }: ContentPlace,
  path: string,
  { entry, size }: { readonly entry: TreeEntry; readonly size: number },
) {
  const api = apiUrlOf(call.site, call.repository);
  const page = webUrlOf(call.site, call.repository);
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const kind = typeOfMode(entry.mode);
  const type =
    entry.mode === '120000' ? 'symlink' : { blob: 'file', tree: 'dir', commit: 'submodule' }[kind];
  const self = `${api}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${kind}s/${entry.sha}`;
  const html = `${page}/${kind}/${encodeURIComponent(ref)}/${encoded}`;
  const download = kind === 'blob' ? `${page}/raw/${encodeURIComponent(ref)}/${encoded}` : null;
  return {
    ...{ name: path.split('/').at(-1) ?? '', path, sha: entry.sha, size, type },
    ...{ url: self, html_url: html, git_url: git, download_url: download },
    _links: { self, git, html },
  };
}

const contents = 'contents:read';
export const repositoryRoutes: RepositoryRoutes = {
  'GET /repos/{owner}/{repo}': {
    needs: 'metadata:read',
    answer: (call) => ok(showFullRepository(call.site, call.repository)),
  },
  'GET /repos/{owner}/{repo}/branches': { needs: contents, answer: listBranches },
  'GET /repos/{owner}/{repo}/branches/{branch}': { needs: contents, answer: getBranch },
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': {
    needs: 'metadata:read',
    answer: listRules,
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': {
    needs: 'metadata:read',
    answer: getPermission,
  },
  'GET /repos/{owner}/{repo}/contents/{path}': { needs: contents, answer: getContents },
};
