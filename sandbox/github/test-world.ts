import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { afterEach, expect } from 'vitest';
import { startGitHub } from './github.ts';
import type { GitHub, GitHubOptions } from './github.ts';
import type { App, Installation, Permissions } from './state/nouns.ts';
import { violationLines } from './violations.ts';

/** A small world for the sandbox's own tests: one App on one repository, and the App's client. */
export interface TestWorld {
  readonly github: GitHub;
  readonly app: App;
  readonly installation: Installation;
  readonly octokit: Octokit;
}

export const here = { owner: 'acme', repo: 'images' } as const;
export const pins = 'releases/2025.2/source-refs.yaml';

const permissions: Permissions = {
  ...{ contents: 'write', pull_requests: 'write', checks: 'write' },
  ...{ issues: 'write', actions: 'write', metadata: 'read' },
};
const events = (
  'push pull_request pull_request_review issues issue_comment check_run check_suite create ' +
  'delete repository workflow_run workflow_job'
).split(' ');

const running = new Set<GitHub>();

afterEach(async () => {
  const all = [...running];
  running.clear();
  await Promise.all(all.map((github) => github.stop()));
});

/** Started anew for each test that asks, and stopped after it. */
export async function testWorld(options: GitHubOptions = {}): Promise<TestWorld> {
  const github = await startGitHub(options);
  running.add(github);
  await github.addRepository({
    name: 'acme/images',
    files: { 'README.md': '# Images\n', [pins]: 'nova: "32.0.0"\n' },
    people: { alice: 'admin', bob: 'write', carol: 'read' },
  });
  const app = github.addApp({ name: 'Pinwheel', permissions, events, webhookSecret: 'secret' });
  const installation = github.install(app, 'acme');
  return { github, app, installation, octokit: appClient(github, app, installation) };
}

/** Octokit as an installation, without the waiting of its plugins. */
export function appClient(github: GitHub, app: App, installation?: Installation): Octokit {
  const auth = { appId: app.id, privateKey: app.privateKey };
  return new Octokit({
    baseUrl: github.apiUrl,
    authStrategy: createAppAuth,
    auth: { ...auth, ...(installation && { installationId: installation.id }) },
    log: silent,
  });
}

/** Octokit with a token as it is. */
export function tokenClient(github: GitHub, token: string): Octokit {
  return new Octokit({ baseUrl: github.apiUrl, auth: token, log: silent });
}

function ignore(): void {
  // Octokit warns of what these tests provoke.
}

export const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Nothing was asked, answered or sent that GitHub's description does not allow. */
export function expectNoViolations(github: GitHub): void {
  expect(violationLines(github.violations)).toEqual([]);
}

/** A rejected request as `status message`. */
export async function refusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'not refused';
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response?: { data: { message: string; errors?: readonly { message?: string }[] } };
    };
    const details = (response?.data.errors ?? []).map(({ message }) => message ?? '');
    return [status, response?.data.message, ...details].join(' ').trim();
  }
}

/** A commit on a branch of its own, by the App, as the bot makes it. Gives the commit. */
export async function proposeChange(octokit: Octokit, branch: string, text: string) {
  const { data: main } = await octokit.git.getRef({ ...here, ref: 'heads/main' });
  const { data: tree } = await octokit.git.createTree({
    ...here,
    base_tree: main.object.sha,
    tree: [{ path: pins, mode: '100644', type: 'blob', content: text }],
  });
  const { data: commit } = await octokit.git.createCommit({
    ...here,
    message: `Move to ${text}`,
    tree: tree.sha,
    parents: [main.object.sha],
  });
  await octokit.git.createRef({ ...here, ref: `refs/heads/${branch}`, sha: commit.sha });
  return commit;
}
