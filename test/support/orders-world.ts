import { expect, onTestFinished } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import type { GitHub } from '../../sandbox/github/github.ts';
import type { App as GitHubsApp } from '../../sandbox/github/state/nouns.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { violationLines } from '../../sandbox/github/violations.ts';
import { systemClock } from '../../src/edge/clock.ts';
import { manyWrites, settle } from './app-scene.ts';
import type { SceneUpstreams } from './app-scene.ts';
import { heldClock } from './held-clock.ts';
import type { HeldClock } from './held-clock.ts';
import { testDatabase } from './postgres.ts';
import { repositoryState, writesSoFar } from './repository-state.ts';
import type { RepositoryState } from './repository-state.ts';
import { startTestApp } from './running-app.ts';
import type { WatchedApp } from './running-app.ts';
import { startWebhookGate } from './webhook-gate.ts';
import type { WebhookGate } from './webhook-gate.ts';

/** A version with a release note that says what it is. */
export function securityFix(version: string) {
  const note = '---\nsecurity:\n  - A hole is closed.\n';
  const path = `releasenotes/notes/hole-${version.replaceAll('.', '-')}-0123456789abcdef.yaml`;
  return { version, commits: [{ message: 'Close the hole\n', files: { [path]: note } }] };
}

/** Nova with a security fix, and keystone with releases to move to. */
export const ordersStory: OpenStackStory = {
  series: [{ id: '2025.2', name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' }],
  components: [
    {
      name: 'nova',
      lines: {
        '2025.2': ['32.0.0', securityFix('32.0.1')],
      },
    },
    { name: 'keystone', lines: { '2025.2': ['28.0.0', '28.0.1', '28.0.2'] } },
  ],
};

/** What people make of a repository in a round; what it has to look like then follows from this alone. */
export interface Wish {
  /** Which pins are on main. */
  readonly main: 'a' | 'b';
  /** What the topic branch holds: something fine, or a broken file. */
  readonly topic: 'fine' | 'broken';
  /** Whether its pull request is open. */
  readonly open: boolean;
}

export function wishFrom(random: () => number): Wish {
  return {
    main: random() < 0.5 ? 'a' : 'b',
    topic: random() < 0.5 ? 'fine' : 'broken',
    open: random() < 0.7,
  };
}

export const allWishes: readonly Wish[] = (['a', 'b'] as const).flatMap((main) =>
  (['fine', 'broken'] as const).flatMap((topic) =>
    [true, false].map((open) => ({ main, topic, open })),
  ),
);

/** The whole App on some small repositories, which people may change as they like. */
export interface OrdersWorld {
  readonly github: GitHub;
  readonly bot: WatchedApp;
  readonly gate: WebhookGate;
  readonly clock: HeldClock;
  /** `acme/images-1` and so on. */
  readonly repositories: readonly string[];
  readonly settle: () => Promise<void>;
  /** All that people do in one repository in a round, without waiting for the bot. */
  readonly act: (repository: string, wish: Wish) => Promise<void>;
  /** What comes by the clock: the delivery log is looked at, and everything is swept if it is time. */
  readonly tick: (isTime: boolean) => Promise<void>;
  /** All that may not depend on the order of webhooks. */
  readonly read: (repository: string) => Promise<RepositoryState>;
  /** Writes of a sweep of everything. */
  readonly writesOfSweep: () => Promise<readonly string[]>;
  /** Ends the App; one with an empty store takes its place. */
  readonly loseStore: () => Promise<void>;
}

const pins = 'releases/2025.2/source-refs.yaml';
const lane = 'pinwheel/main/2025.2';
const overrides = 'overrides/2025.2/constraints.txt';
const dockerfile = 'FROM python-base\nRUN --mount=type=bind,from=source,target=/source true\n';
const mainPins = {
  a: 'nova: "32.0.0"\nkeystone: "28.0.0"\n',
  b: 'nova: "32.0.0"\nkeystone: "28.0.1"  # b\n',
} as const;
const topicFiles = {
  fine: { [overrides]: 'requests===2.99.0\n', [pins]: mainPins.a },
  broken: { [overrides]: null, [pins]: 'nova: [\n' },
} as const;

export async function startOrdersWorld(
  upstreams: Pick<SceneUpstreams, 'template'>,
  { seed, repositories: count }: { readonly seed: number; readonly repositories: number },
): Promise<OrdersWorld> {
  const clock = heldClock();
  const github = await startGitHub({ limits: 'none', seed, clock });
  onTestFinished(async () => {
    await github.stop();
    expect(violationLines(github.violations)).toEqual([]);
  });
  const repositories = Array.from({ length: count }, (_, at) => `acme/images-${at + 1}`);
  for (const name of repositories) await addRepository(github, name);
  const app = addApp(github);
  let bot = await startOrdersApp({ github, app, template: upstreams.template });
  const gate = await startWebhookGate(() => [bot.url]);
  github.setWebhook(app, gate.url);
  function settled(): Promise<void> {
    return settle({ github, bot });
  }
  async function tick(isTime: boolean): Promise<void> {
    await bot.store.enqueue({ kind: 'recover-deliveries' });
    if (isTime) await bot.store.enqueue({ kind: 'sweep-all', everything: true });
    await settled();
  }
  await settled();
  for (const name of repositories) await prepare(github, name);
  await settled();
  await tick(true);
  return {
    ...{ github, gate, clock, repositories, tick, settle: settled },
    get bot() {
      return bot;
    },
    act: (name, wish) => act(github, name, wish),
    read: (name) => repositoryState(github, 'alice', name),
    writesOfSweep: async () => {
      const before = writesSoFar(github).length;
      await tick(true);
      return writesSoFar(github).slice(before);
    },
    loseStore: async () => {
      await bot.stop(1000);
      bot = await startOrdersApp({ github, app, template: upstreams.template });
      github.setWebhook(app, gate.url);
      await settled();
    },
  };
}

export async function addRepository(github: GitHub, name: string): Promise<void> {
  await github.addRepository({
    name,
    people: { alice: 'admin', bob: 'write' },
    files: {
      'images/python-base/Dockerfile': 'FROM scratch\n',
      'images/nova/Dockerfile': dockerfile,
      'images/keystone/Dockerfile': dockerfile,
      [pins]: mainPins.a,
      'overrides/README.md': 'What we pin ourselves\n',
    },
  });
}

export function addApp(github: GitHub): GitHubsApp {
  const app = github.addApp({
    name: 'Pinwheel',
    permissions: { contents: 'write', pull_requests: 'write', checks: 'write', issues: 'write' },
    events: ['push', 'pull_request', 'check_run', 'check_suite'],
    webhookSecret: 'secret of the webhook',
  });
  github.install(app, 'acme');
  return app;
}

/** Missed webhooks are asked for after five minutes: to this App they have passed. */
const ahead = 6 * 60_000;

async function startOrdersApp(place: {
  readonly github: GitHub;
  readonly app: GitHubsApp;
  readonly template: string;
}): Promise<WatchedApp> {
  const { github, app, template } = place;
  const database = await testDatabase();
  onTestFinished(() => database.close());
  return startTestApp({
    ...{ github, app, databaseUrl: database.url, writesPerMinute: manyWrites },
    config: { upstream: [template] },
    world: { clock: { ...systemClock(), now: () => Date.now() + ahead } },
  });
}

/** One pull request is closed by a person, on another one's branch there is somebody else's commit. */
async function prepare(github: GitHub, name: string): Promise<void> {
  const alice = github.as('alice', name);
  await alice.closePullRequest(numberOf(github, name, `${lane}/security/nova`));
  const files = { 'releases/2025.2/note.txt': 'by hand\n' };
  await alice.push({ branch: `${lane}/constraints`, files, message: 'By hand' });
  await alice.push({ branch: 'topic', files: topicFiles.fine, message: 'Topic' });
  await alice.openPullRequest({ title: 'Topic', head: 'topic' });
}

async function act(github: GitHub, name: string, wish: Wish): Promise<void> {
  const alice = github.as('alice', name);
  const topic = numberOf(github, name, 'topic');
  const isClosed = issuesOf(github, name).some(
    ({ number, state }) => number === topic && state === 'closed',
  );
  if (isClosed) await alice.reopenPullRequest(topic);
  await alice.push({ branch: 'main', files: { [pins]: mainPins[wish.main] }, message: 'Pins' });
  await alice.push({ branch: 'topic', files: topicFiles[wish.topic], message: 'Topic' });
  if (!wish.open) await alice.closePullRequest(topic);
}

function issuesOf(github: GitHub, name: string) {
  const all = [...github.site.repositories.values()];
  const repository = all.find((one) => `acme/${one.name}` === name);
  return [...(repository?.issues.values() ?? [])];
}

/** The newest pull request from a branch. */
export function numberOf(github: GitHub, name: string, branch: string): number {
  return issuesOf(github, name).findLast(({ pull }) => pull?.headRef === branch)?.number ?? 0;
}
