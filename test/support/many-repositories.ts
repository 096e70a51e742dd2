import { expect, onTestFinished } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import type { GitHub } from '../../sandbox/github/github.ts';
import { violationLines } from '../../sandbox/github/violations.ts';
import { manyWrites, sceneUpstreams, settle } from './app-scene.ts';
import { addApp, addRepository, ordersStory } from './orders-world.ts';
import { rememberedTemplate } from './remembering-server.ts';
import { startTestApp } from './running-app.ts';
import type { WatchedApp } from './running-app.ts';

/** The whole App, and as many small repositories below `acme/` as a test adds. */
export interface ManyRepositories {
  readonly github: GitHub;
  readonly bot: WatchedApp;
  readonly settle: () => Promise<void>;
  readonly add: (name: string) => Promise<void>;
  /** As the timer has it done; over when nothing is left to do. */
  readonly sweep: (name: string) => Promise<void>;
}

export async function manyRepositories(databaseUrl: string): Promise<ManyRepositories> {
  const { template } = await sceneUpstreams(ordersStory);
  const upstream = [await rememberedTemplate(template)];
  const github = await startGitHub({ limits: 'none' });
  onTestFinished(async () => {
    await github.stop();
    expect(violationLines(github.violations)).toEqual([]);
  });
  // An App is installed on an account, which has to be there.
  await addRepository(github, 'acme/first');
  const app = addApp(github);
  const [installation = 0] = github.site.installations.keys();
  const options = { github, app, databaseUrl, writesPerMinute: manyWrites };
  const bot = await startTestApp({ ...options, config: { upstream } });
  const here = { github, bot };
  return {
    ...here,
    settle: () => settle(here),
    add: (name) => addRepository(github, `acme/${name}`),
    sweep: async (name) => {
      const repository = { installation, owner: 'acme', name };
      await bot.store.enqueue({ kind: 'sweep', repository });
      await settle(here);
    },
  };
}
