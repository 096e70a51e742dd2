import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { ask, imagesCheckIn, startBuildCrowd, unanswered, untold } from '../support/build-crowd.ts';
import type { AskedBuild, BuildCrowd } from '../support/build-crowd.ts';
import { manyWrites } from '../support/app-scene.ts';
import type { AppProcessSettings } from '../support/app-process.ts';
import { killableApp } from '../support/killable-app.ts';
import type { KillableApp } from '../support/killable-app.ts';
import { temporaryFolder } from '../support/pinwheel.ts';
import { useStore } from '../support/store.ts';
import { startWebhookGate } from '../support/webhook-gate.ts';

const used = useStore();

/** PINWHEEL_PLANS: how many are asked for; PINWHEEL_KILL_SECONDS: between two kills. */
const plans = Number(process.env['PINWHEEL_PLANS'] ?? 100);
const killSeconds = Number(process.env['PINWHEEL_KILL_SECONDS'] ?? 10);
/** Twice what it takes on two cores that nobody else has. */
const patienceMs = 900_000;
const repository = { owner: 'acme', name: 'images' };

test(`${plans} plans end in the right table, and nothing is built or published twice`, async () => {
  const crowd = await startBuildCrowd();
  onTestFinished(crowd.end);
  const { faults } = crowd.github;
  faults.plant({ hook: '*', fault: 'lost', chance: 0.3 });
  const dispatches = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
  faults.plant({ on: dispatches, fault: '503 after', chance: 0.2 });
  faults.plant({ on: dispatches, fault: '503 before', chance: 0.1 });
  faults.plant({ on: '*', fault: '502 after', chance: 0.01 });
  faults.plant({ on: '*', fault: 'cut before', chance: 0.01 });
  const app = await startKilledApp(crowd);
  const began = performance.now();
  const asked = await askAll(crowd);
  console.info(`${plans} plans are asked for, ${app.kills()} kills so far`);
  const left = await untilTold(crowd, asked, began);
  await app.rest();
  const seconds = Math.round((performance.now() - began) / 1000);
  console.info(`${seconds} s: ${app.kills()} kills, ${faults.summary()}`);
  expect(left).toEqual([]);
  console.info(`${await checkLedger(crowd, asked)} cells`);
  expect([...crowd.begun].filter(([, times]) => times > 1)).toEqual([]);
  expect([...crowd.published].filter(([, times]) => times > 1)).toEqual([]);
}, 1_200_000);

/** A webhook that was lost seven times is asked for again at once; and no job seems to take seven hours. */
const ahead = 6 * 3_600_000;

interface KilledApp {
  readonly kills: () => number;
  /** No kills any more: it does what is left, and ends. */
  readonly rest: () => Promise<void>;
}

/** An App that is killed every ten seconds, and started again. */
async function startKilledApp({ github, app: own, upstream }: BuildCrowd): Promise<KilledApp> {
  const settings: AppProcessSettings = {
    ...{ ahead, writesPerMinute: manyWrites, idle: ['sweep', 'check'] },
    config: {
      appId: own.id,
      privateKey: own.privateKey,
      webhookSecret: own.webhookSecret ?? '',
      ...{ apiUrl: github.apiUrl, webUrl: github.webUrl, host: '127.0.0.1', port: 0 },
      ...{ metricsPort: 0, dataDir: await temporaryFolder(), databaseUrl: used.url },
      ...{ logLevel: 'info', upstream: [upstream], workers: 4 },
    },
  };
  let url: string | undefined;
  let app: KillableApp;
  let isOver = false;
  let kills = 0;
  const gate = await startWebhookGate(() => (url === undefined ? [] : [url]));
  github.setWebhook(own, gate.url);
  function start(): void {
    url = undefined;
    // GitHub waits ten seconds for an answer: what is lost is counted by the faults, but for what a kill cuts off.
    gate.shut();
    app = killableApp(settings);
    const now = app;
    now.listening.then(
      (listening) => {
        if (app !== now) return;
        ({ url } = listening);
        gate.open();
      },
      () => undefined,
    );
    void now.ended.then(() => {
      if (!isOver) start();
    });
  }
  start();
  const timer = setInterval(() => {
    // One that is never up would prove nothing: the machine may be slow.
    if (url === undefined) return;
    kills += 1;
    void app.end('SIGKILL');
  }, killSeconds * 1000);
  async function end(): Promise<void> {
    clearInterval(timer);
    isOver = true;
    gate.open();
    await app.end('SIGTERM');
  }
  onTestFinished(end);
  return {
    kills: () => kills,
    rest: async () => {
      clearInterval(timer);
      while ((await app.jobs().catch(() => undefined)) !== 0) await sleep(500);
      await end();
    },
  };
}

async function askAll(crowd: BuildCrowd): Promise<readonly AskedBuild[]> {
  const { alice } = crowd;
  const issue = await alice.openIssue({ title: 'Security updates' });
  const main = await alice.push({
    branch: 'main',
    files: { 'README.md': 'x\n' },
    message: 'Read me',
  });
  const asked: AskedBuild[] = [];
  for (let n = 0; n < plans; n += 1) {
    // 12 commands of a hundred, for there are 12 images; and some branches.
    const kind = n % 8 === 0 && n < 96 ? 'command' : n % 5 === 1 ? 'branch' : 'pull';
    asked.push(await ask(crowd, { kind, n, main, issue }));
  }
  return asked;
}

/** Gives what is wrong with those that never came. */
async function untilTold(
  crowd: BuildCrowd,
  asked: readonly AskedBuild[],
  began: number,
): Promise<readonly string[]> {
  for (;;) {
    const wrong: string[] = [];
    for (const { head } of asked) {
      const builds = await used.store.builds.at(repository, head);
      const problems = untold(imagesCheckIn(crowd, head), builds);
      wrong.push(...problems.map((problem) => `${head}: ${problem}`));
    }
    for (const { comment } of asked) {
      if (comment !== undefined) wrong.push(...unanswered(crowd, comment));
    }
    if (wrong.length === 0 || performance.now() - began > patienceMs) return wrong;
    await sleep(2000);
  }
}

/** Every plan has its build and each of its cells its result; gives how many there are. */
async function checkLedger(crowd: BuildCrowd, asked: readonly AskedBuild[]): Promise<number> {
  let cells = 0;
  for (const head of new Set(asked.map((one) => one.head))) {
    const same = asked.filter((one) => one.head === head);
    const builds = await used.store.builds.at(repository, head);
    expect(builds).toHaveLength(same.length);
    for (const build of builds) {
      expect(build.publish).toBe(same[0]?.publish);
      expect(build.cells.map(({ state }) => state)).toEqual(build.cells.map(() => 'success'));
      cells += build.cells.length;
    }
  }
  expect(crowd.begun.size).toBe(plans);
  return cells;
}
