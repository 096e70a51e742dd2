import { expect, onTestFinished, test } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import { violationLines } from '../../sandbox/github/violations.ts';
import { manyWrites, sceneUpstreams, settle } from '../support/app-scene.ts';
import { addApp, addRepository, numberOf, ordersStory } from '../support/orders-world.ts';
import { repositoryState, writesSoFar } from '../support/repository-state.ts';
import type { RepositoryState } from '../support/repository-state.ts';
import { startTestApp } from '../support/running-app.ts';
import type { WatchedApp } from '../support/running-app.ts';
import { useStore } from '../support/store.ts';
import { startWebhookGate } from '../support/webhook-gate.ts';

const used = useStore();
const names = ['one', 'two', 'three'] as const;
const lane = 'pinwheel/main/2025.2';

test('Apps that share a database and get the same webhooks do each thing once', async () => {
  const { template } = await sceneUpstreams(ordersStory);
  const alone = await play(template, 1);
  const together = await play(template, 2);
  expect(together.states).toEqual(alone.states);
  expect(together.writes.toSorted()).toEqual(alone.writes.toSorted());
  for (const bot of together.bots) {
    expect(bot.said('job done').length).toBeGreaterThan(0);
  }
}, 1_200_000);

interface Played {
  readonly bots: readonly WatchedApp[];
  readonly states: readonly RepositoryState[];
  readonly writes: readonly string[];
}

async function play(template: string, count: number): Promise<Played> {
  const github = await startGitHub({ limits: 'none' });
  onTestFinished(async () => {
    await github.stop();
    expect(violationLines(github.violations)).toEqual([]);
  });
  for (const name of names) await addRepository(github, `acme/${name}`);
  const app = addApp(github);
  const options = { github, app, databaseUrl: used.url, writesPerMinute: manyWrites };
  const bots: WatchedApp[] = [];
  for (let at = 0; at < count; at += 1) {
    bots.push(await startTestApp({ ...options, config: { upstream: [template], workers: 2 } }));
  }
  const gate = await startWebhookGate(() => bots.map(({ url }) => url));
  github.setWebhook(app, gate.url);
  async function settleAll(): Promise<void> {
    for (const bot of bots) await settle({ github, bot });
  }
  await settleAll();
  for (const name of names) {
    const alice = github.as('alice', `acme/${name}`);
    const pins = 'nova: "32.0.0"\nkeystone: "28.0.1"\n';
    const files = { 'releases/2025.2/source-refs.yaml': pins };
    await alice.closePullRequest(numberOf(github, `acme/${name}`, `${lane}/security/nova`));
    await alice.push({ branch: 'main', files, message: 'Move by hand' });
    await alice.push({ branch: 'topic', files: { 'overrides/x': 'x' }, message: 'Topic' });
    await alice.openPullRequest({ title: 'Topic', head: 'topic' });
  }
  await settleAll();
  const full = names.map((name) => `acme/${name}`);
  const states = await Promise.all(full.map((name) => repositoryState(github, 'alice', name)));
  const writes = writesSoFar(github).map((line) => line.replaceAll(/\d{5,}|[0-9a-f]{40}/g, '…'));
  for (const bot of bots) await bot.stop(1000);
  return { bots, states, writes };
}
