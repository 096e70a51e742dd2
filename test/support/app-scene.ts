import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { runGit } from '../../sandbox/git.ts';
import type { Person } from '../../sandbox/github/person.ts';
import { makeOpenStack } from '../../sandbox/openstack.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { repositoryState, writesSoFar } from './repository-state.ts';
import type { RepositoryState } from './repository-state.ts';
import { placeWithApp, startTestApp } from './running-app.ts';
import type { Place, TestAppOptions, WatchedApp } from './running-app.ts';
import { serveOpenStack } from './small-openstack.ts';

/** The upstreams of a scene, as folders and as the App asks for them. */
export interface SceneUpstreams {
  readonly dir: string;
  readonly template: string;
  /** Full id of what a ref of a component points to. */
  readonly commit: (component: string, ref: string) => Promise<string>;
  /** Upstream goes on. */
  readonly tell: (story: OpenStackStory) => Promise<void>;
}

/** The whole App on an images repository: small GitHub, small upstreams, real store. */
export interface Scene extends Place {
  readonly bot: WatchedApp;
  readonly alice: Person;
  readonly upstreams: SceneUpstreams;
  /** When no webhook is under way and no job waits or runs. */
  readonly settle: () => Promise<void>;
  /** What git and GitHub say. */
  readonly state: () => Promise<RepositoryState>;
  /** Sweeps once more, and gives what was written by that. */
  readonly sweepAgain: () => Promise<readonly string[]>;
}

type Files = Readonly<Record<string, string>>;

export async function sceneUpstreams(story: OpenStackStory): Promise<SceneUpstreams> {
  const { dir, template } = await serveOpenStack(story);
  return {
    ...{ dir, template },
    commit: async (component, ref) =>
      (await runGit(['-C', join(dir, component), 'rev-parse', `${ref}^{commit}`])).trim(),
    tell: async (more) => {
      await makeOpenStack(dir, more);
    },
  };
}

export interface SceneOptions extends Partial<
  Omit<TestAppOptions, 'github' | 'app' | 'databaseUrl'>
> {
  readonly databaseUrl: string;
  readonly upstreams: SceneUpstreams;
  readonly files: Files;
  readonly github?: Parameters<typeof placeWithApp>[0];
}

/** When no webhook is under way and no job waits or runs, however long that takes: others may have the machine. */
export async function settle(here: Pick<Scene, 'github' | 'bot'>): Promise<void> {
  // What a job writes is told by webhooks, and these may ask for jobs.
  for (let quiet = 0; quiet < 2; quiet += 1) {
    await here.github.settled();
    const { store } = here.bot;
    while ((await store.countJobs()).some(({ state }) => state !== 'dead')) await sleep(20);
  }
}

/** Nobody counts the writes of a sandbox. */
export const manyWrites = 1_000_000;

export async function startScene(options: SceneOptions): Promise<Scene> {
  const { upstreams, files, github: more, config, ...app } = options;
  const place = await placeWithApp({ ...more, files });
  const bot = await startTestApp({
    ...place,
    ...app,
    writesPerMinute: manyWrites,
    config: { upstream: [upstreams.template], ...config },
  });
  const { github, installation } = place;
  return {
    ...{ ...place, bot, upstreams, alice: github.as('alice') },
    settle: () => settle({ github, bot }),
    state: () => repositoryState(github, 'alice'),
    sweepAgain: async () => {
      const before = writesSoFar(github).length;
      const repository = { installation, owner: 'acme', name: 'images' };
      await bot.store.enqueue({ kind: 'sweep', repository });
      await settle({ github, bot });
      return writesSoFar(github).slice(before);
    },
  };
}
