import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { cellName } from '../../src/core/model/plan.ts';
import { buildJobs, workflowPath, workflowText } from '../support/build-scene.ts';
import { placeWithApp, startTestApp } from '../support/running-app.ts';
import type { WatchedApp } from '../support/running-app.ts';
import { serveOpenStack, smallRepository } from '../support/small-openstack.ts';
import { useStore } from '../support/store.ts';

const used = useStore();
const plans = 100;
const services = 12;

/** Twelve images: each commit touches one file that all of them start from. */
const files: Record<string, string> = { ...smallRepository, [workflowPath]: workflowText };
const dockerfile = smallRepository['images/nova/Dockerfile'] ?? '';
const pins = Array.from({ length: services }, (_, at) => `nova${at}: "32.0.0"\n`).join('');
const policy = Array.from({ length: services }, (_, at) => at);

interface Check {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string; readonly summary: string };
}

/** A third of all webhooks is lost, and the App is stopped without a word every few seconds. */
it('ends every plan in a completed check with the right table, and no run is begun twice', async () => {
  const { server, template } = await serveOpenStack();
  for (const at of policy) files[`images/nova${at}/Dockerfile`] = dockerfile;
  files['releases/2025.2/source-refs.yaml'] =
    `${files['releases/2025.2/source-refs.yaml'] ?? ''}\n${pins}`;
  files['.github/pinwheel.yml'] = `components:\n${policy
    .map((at) => `  nova${at}:\n    upstream: ${server.url}/nova\n`)
    .join('')}`;
  const place = await placeWithApp({ files });
  const { github } = place;
  const begun = new Map<string, number>();
  github.runActions(
    'acme/images',
    (task) => {
      const id = task.inputs['correlation'] ?? '';
      begun.set(id, (begun.get(id) ?? 0) + 1);
      // One platform of two: this is about what gets lost, and twice as many jobs lose no other things.
      const jobs = buildJobs(task, () => ({ seconds: 0.5 }));
      return jobs.filter(({ name }) => name.endsWith(' amd64'));
    },
    2000,
  );
  github.faults.plant({ hook: '*', fault: 'lost', chance: 0.3 });
  const alice = github.as('alice');
  const started: { app: WatchedApp | undefined } = { app: undefined };
  const options = {
    ...{ ...place, databaseUrl: used.url, builds: true as const },
    config: { upstream: [template] },
    work: {
      sweep: () => Promise.resolve({ kind: 'nothing' as const, why: 'builds' }),
      check: () => Promise.resolve({ kind: 'nothing' as const, why: 'builds' }),
    },
  };
  started.app = await startTestApp(options);
  const heads: string[] = [];
  let last = performance.now();
  async function restartAtTimes(): Promise<void> {
    if (performance.now() - last < 10_000) return;
    await started.app?.stop(0);
    started.app = await startTestApp(options);
    last = performance.now();
  }
  for (let n = 0; n < plans; n += 1) {
    const branch = `topic-${n}`;
    heads.push(
      await alice.push({
        branch,
        from: 'main',
        files: { 'images/python-base/note': String(n) },
        message: `Change ${n}`,
      }),
    );
    await alice.openPullRequest({ title: `Change ${n}`, head: branch });
    await restartAtTimes();
  }
  const end = performance.now() + 480_000;
  const done = new Map<string, Check>();
  while (done.size < plans && performance.now() < end) {
    await restartAtTimes();
    await started.app.store.enqueue({ kind: 'recover-deliveries' }).catch(() => undefined);
    await started.app.store.enqueue({ kind: 'report-builds' }).catch(() => undefined);
    for (const head of heads.filter((one) => !done.has(one))) {
      const check = await completedCheck(`${github.apiUrl}/repos/acme/images`, head, alice.token);
      if (check) done.set(head, check);
    }
    await sleep(1000);
  }
  expect(done.size).toBe(plans);
  expect(await cellsShown(heads, done)).toBeGreaterThan(1000);
  expect(Math.max(...begun.values())).toBe(1);
}, 900_000);

async function completedCheck(
  url: string,
  head: string,
  token: string,
): Promise<Check | undefined> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/commits/${head}/check-runs`, { headers });
  const { check_runs: runs } = (await answer.json()) as { readonly check_runs: readonly Check[] };
  return runs.find(({ name, status }) => name === 'pinwheel/images' && status === 'completed');
}

/** Every cell of the ledger stands in the table of its commit; gives how many there are. */
async function cellsShown(
  heads: readonly string[],
  done: ReadonlyMap<string, Check>,
): Promise<number> {
  let cells = 0;
  for (const head of heads) {
    const check = done.get(head);
    expect(check?.conclusion, check?.output.summary).toBe('success');
    const builds = await used.store.builds.at({ owner: 'acme', name: 'images' }, head);
    expect(builds).toHaveLength(1);
    for (const { cell } of builds[0]?.cells ?? []) {
      cells += 1;
      expect(check?.output.summary).toContain(`\`${cellName(cell)}\``);
    }
  }
  return cells;
}
