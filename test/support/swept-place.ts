import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Fault } from '../../sandbox/git-faults.ts';
import { serveGit } from '../../sandbox/git-http.ts';
import { runGit } from '../../sandbox/git.ts';
import type { GitHub } from '../../sandbox/github/github.ts';
import type { Person } from '../../sandbox/github/person.ts';
import { isPull } from '../../sandbox/github/state/nouns.ts';
import { makeOpenStack } from '../../sandbox/openstack.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { createAppWorld } from '../../src/app/app-world.ts';
import type { Outcome } from '../../src/core/model/job.ts';
import { createGitHubApp } from '../../src/edge/github/app.ts';
import { helpMerge } from '../../src/journeys/help-merge.ts';
import type { SweepWorld } from '../../src/journeys/shared/sweep-base.ts';
import { sweep } from '../../src/journeys/sweep.ts';
import { temporaryFolder } from './pinwheel.ts';
import { placeWithApp } from './running-app.ts';

/** A pull request of the bot, as a person finds it. */
interface ShownPull {
  readonly number: number;
  readonly state: 'open' | 'closed';
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  readonly base: string;
  readonly headSha: string;
  readonly comments: readonly string[];
}

/** An images repository with the App on a small GitHub, small upstreams, and sweeps by hand. */
export interface SweptPlace {
  readonly github: GitHub;
  readonly alice: Person;
  /** Folder of the upstreams. */
  readonly upstreams: string;
  readonly sweep: () => Promise<Outcome>;
  /** Looks at all pull requests of the bot. */
  readonly helpMerge: () => Promise<Outcome>;
  /** Writes that a sweep sends to GitHub, but for tokens: `POST /repos/…`. */
  readonly writesOfSweep: () => Promise<readonly string[]>;
  /** What is wrong with upstreams, by path: `/nova`. */
  readonly faults: Map<string, Fault>;
  /** Upstream goes on. */
  readonly tell: (story: OpenStackStory) => Promise<void>;
  /** The newest pull request of each branch of the bot, by its branch. */
  readonly pulls: () => ReadonlyMap<string, ShownPull>;
  /** Subjects of a branch's own commits, oldest first. */
  readonly subjects: (branch: string) => Promise<readonly string[]>;
  /** Paths that a branch changes, by commit. */
  readonly changes: (branch: string) => Promise<readonly string[]>;
  readonly read: (branch: string, path: string) => Promise<string>;
}

/** Where upstreams are: as folders, and as the App asks for them. */
interface UpstreamPlace {
  readonly upstreams: string;
  readonly template: string;
}

interface Setting {
  readonly story: OpenStackStory;
  readonly files: (at: UpstreamPlace) => Promise<Readonly<Record<string, string>>>;
}

export async function sweptPlace({ story, files }: Setting): Promise<SweptPlace> {
  const upstreams = join(await temporaryFolder(), 'upstreams');
  await makeOpenStack(upstreams, story);
  const server = await serveGit(upstreams);
  onTestFinished(() => server.close());
  const template = `${server.url}/{component}`;
  const told = await files({ upstreams, template });
  const { github, app, installation } = await placeWithApp({ files: told });
  const { apiUrl, webUrl } = github;
  const access = { appId: app.id, privateKey: app.privateKey, apiUrl, webUrl };
  const cacheDir = await temporaryFolder();
  const repository = { installation, owner: 'acme', name: 'images' };

  async function inWorld(journey: (world: SweepWorld) => Promise<Outcome>): Promise<Outcome> {
    const world = createAppWorld({ cacheDir, templates: [template] });
    const bot = createGitHubApp({ ...access, now: () => Date.now() });
    try {
      return await journey({ ...world, github: bot, today: () => '2026-01-05' });
    } finally {
      world.close();
      await github.settled();
      expect(github.violations).toEqual([]);
    }
  }
  function run(): Promise<Outcome> {
    return inWorld((world) => sweep(world, { kind: 'sweep', repository }));
  }
  function git(...args: readonly string[]): Promise<string> {
    const [images] = [...github.site.repositories.values()];
    return runGit(['-C', images?.dir ?? '', ...args]);
  }
  return {
    faults: server.faults,
    ...{ github, upstreams, sweep: run, alice: github.as('alice') },
    helpMerge: () => inWorld((world) => helpMerge(world, { kind: 'help-merge', repository })),
    writesOfSweep: async () => {
      const before = github.requests.length;
      await run();
      return writesIn(github.requests.slice(before));
    },
    tell: async (more) => {
      await makeOpenStack(upstreams, more);
    },
    pulls: () => pullsIn(github),
    subjects: async (branch) => linesOf(await git('log', '--reverse', '--format=%s', onto(branch))),
    changes: async (branch) =>
      linesOf(await git('log', '--reverse', '--format=', '--name-status', onto(branch))),
    read: (branch, path) => git('show', `${branch}:${path}`),
  };
}

function onto(branch: string): string {
  return `main..${branch}`;
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('\t', ' '));
}

function writesIn(requests: GitHub['requests']): readonly string[] {
  return requests
    .filter(({ method }) => !['GET', 'HEAD'].includes(method))
    .map(({ method, path }) => `${method} ${path}`)
    .filter((line) => line.includes('/api/') && !line.includes('access_tokens'));
}

function pullsIn({ site }: GitHub): ReadonlyMap<string, ShownPull> {
  const [repository] = [...site.repositories.values()];
  const issues = [...(repository?.issues.values() ?? [])].filter(isPull);
  return new Map(
    issues
      .toSorted((a, b) => a.number - b.number)
      .map(({ number, state, title, body, pull }) => [
        pull.headRef,
        {
          ...{ number, state, title, body: body ?? '', draft: pull.draft },
          ...{ base: pull.baseRef, headSha: pull.headSha },
          comments: [...(repository?.comments.values() ?? [])]
            .filter(({ issue }) => issue === number)
            .map(({ body: text }) => text),
        },
      ]),
  );
}
