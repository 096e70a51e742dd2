import { readCommit } from '../git/commits.ts';
import type { Commit } from '../git/commits.ts';
import { commitsBetween, compareCommits, isAncestor } from '../git/graph.ts';
import { changedFiles, listCommits } from '../git/history.ts';
import { runGit } from '../../git.ts';
import { showCommit, showComparison, showFileChange } from '../show/commits.ts';
import { showPullSimple } from '../show/pulls.ts';
import { isPull } from '../state/nouns.ts';
import { notFound, Refusal } from '../state/refusal.ts';
import { ok } from './call.ts';
import type { Answer, RepositoryCall, RepositoryRoutes } from './call.ts';
import { listAnswer, pageOf } from './pages.ts';
import { resolveCommit } from './repository-routes.ts';

async function commitNamed(call: RepositoryCall, name: string): Promise<Commit> {
  const { repository } = call;
  const sha = await resolveCommit(repository, name);
  const commit = sha === undefined ? undefined : await readCommit(repository.dir, sha);
  if (!commit) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return commit;
}

async function getCommit(call: RepositoryCall): Promise<Answer> {
  const commit = await commitNamed(call, call.params['ref'] ?? '');
  const { dir } = call.repository;
  if (call.accept.includes('.sha')) {
    return { ...ok(commit.sha), mediaType: 'application/vnd.github.sha; charset=utf-8' };
  }
  const files = await changedFiles(dir, commit.parents[0], commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return ok({
    ...showCommit(call, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.map((file) => showFileChange(call, commit.sha, file)),
  });
}

async function getCommits(call: RepositoryCall): Promise<Answer> {
  const { repository, query } = call;
  const sha = await resolveCommit(repository, query['sha']);
  if (sha === undefined) throw notFound();
  const limits = (['since', 'until', 'author'] as const).flatMap((name) => {
    const value = query[name];
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  const path = query['path'];
  const paths = path === undefined ? [] : [path];
  const commits = await listCommits(repository.dir, [...limits, sha, '--', ...paths]);
  return listAnswer(call, commits, (commit) => showCommit(call, commit));
}

/** Open pull requests with the commit, and merged ones that brought it. */
async function pullsOfCommit(call: RepositoryCall): Promise<Answer> {
  const { repository } = call;
  const { sha } = await commitNamed(call, call.params['commit_sha'] ?? '');
  const found = [];
  for (const issue of [...repository.issues.values()].filter(isPull)) {
    const { headSha, baseSha } = issue.pull;
    const isIn = await isAncestor(repository.dir, sha, headSha);
    if (isIn && !(await isAncestor(repository.dir, sha, baseSha))) found.push(issue);
  }
  return listAnswer(call, found, (issue) => showPullSimple(call, issue));
}

async function compare(call: RepositoryCall): Promise<Answer> {
  const { repository } = call;
  const { dir } = repository;
  const [from = '', to = ''] = (call.params['basehead'] ?? '').split('...');
  const [base, head] = await Promise.all(
    [from, to].map(async (name) => {
      const sha = await resolveCommit(repository, name.replace(/^[^:]*:/, ''));
      return sha === undefined ? undefined : readCommit(dir, sha);
    }),
  );
  if (!base || !head) throw notFound();
  const { mergeBase: mergeSha, ahead, behind } = await compareCommits(dir, base.sha, head.sha);
  const mergeBase = mergeSha === undefined ? undefined : await readCommit(dir, mergeSha);
  if (!mergeBase) throw new Refusal(404, `No common ancestor between ${from} and ${to}.`);
  if (call.accept.includes('.diff') || call.accept.includes('.patch')) {
    return diffAnswer(call, mergeBase.sha, head.sha);
  }
  const { items, headers } = pageOf(call, await commitsBetween(dir, base.sha, head.sha));
  const isFirst = (call.query['page'] ?? '1') === '1';
  const files = isFirst ? await changedFiles(dir, mergeBase.sha, head.sha) : undefined;
  const sides = { base, head, mergeBase, ahead, behind };
  return { ...ok(showComparison(call, { ...sides, commits: items, files })), headers };
}

/** What `git` itself writes, for the two media types that ask for it. */
export async function diffAnswer(
  { repository, accept }: RepositoryCall,
  from: string,
  to: string,
): Promise<Answer> {
  const isPatch = accept.includes('.patch');
  const args = isPatch ? ['format-patch', '--stdout', `${from}..${to}`] : ['diff', from, to];
  const text = await runGit(['-C', repository.dir, ...args]);
  const kind = isPatch ? 'patch' : 'diff';
  return { ...ok(text), mediaType: `application/vnd.github.${kind}; charset=utf-8` };
}

const contents = 'contents:read';
export const commitRoutes: RepositoryRoutes = {
  'GET /repos/{owner}/{repo}/commits': { needs: contents, answer: getCommits },
  'GET /repos/{owner}/{repo}/commits/{ref}': { needs: contents, answer: getCommit },
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': {
    needs: 'pull_requests:read',
    answer: pullsOfCommit,
  },
  'GET /repos/{owner}/{repo}/compare/{basehead}': { needs: contents, answer: compare },
};
