import { describe, expect, it } from 'vitest';
import type { GitHub } from '../../sandbox/github/github.ts';
import { patchText } from '../support/patch-queue.ts';
import { placeWithApp, startTestApp, untilIdle } from '../support/running-app.ts';
import type { Place, WatchedApp } from '../support/running-app.ts';
import { serveOpenStack, smallRepository } from '../support/small-openstack.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

interface Scene extends Place {
  readonly app: Place['app'];
  readonly bot: WatchedApp;
  readonly alice: ReturnType<GitHub['as']>;
  readonly upstream: { readonly url: string; readonly asked: () => readonly string[] };
}

/** An images repository on a small GitHub, small upstreams, and the App, which makes real checks. */
async function scene(files: Readonly<Record<string, string>> = smallRepository): Promise<Scene> {
  const { server, template } = await serveOpenStack();
  const place = await placeWithApp({ files });
  const bot = await startTestApp({
    ...{ ...place, databaseUrl: used.url },
    config: { upstream: [template] },
    work: { sweep: () => Promise.resolve({ kind: 'nothing', why: 'this is about checks' }) },
  });
  return {
    ...place,
    bot,
    alice: place.github.as('alice'),
    upstream: { url: server.url, asked: () => server.requests.map(({ path }) => path) },
  };
}

interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly output: { readonly title: string; readonly summary: string };
}

interface Commit {
  readonly sha: string;
  readonly commit: { readonly message: string };
  readonly files: readonly { readonly filename: string; readonly status: string }[];
}

interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly annotation_level: string;
  readonly message: string;
}

async function api<T>({ github, alice }: Scene, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${alice.token}` };
  const answer = await fetch(`${github.apiUrl}/repos/acme/images${path}`, { headers });
  return (await answer.json()) as T;
}

/** The newest run of each check on a commit, by name. */
async function checksOf(here: Scene, head: string): Promise<ReadonlyMap<string, CheckRun>> {
  type Answer = { readonly check_runs: readonly CheckRun[] };
  const { check_runs: runs } = await api<Answer>(here, `/commits/${head}/check-runs`);
  return new Map(runs.map((run) => [run.name, run]));
}

async function settle({ bot, github }: Scene): Promise<void> {
  // What a job writes is told by webhooks, and these may ask for jobs.
  for (let quiet = 0; quiet < 2; quiet += 1) {
    await github.settled();
    await untilIdle(bot);
  }
}

/** Pushes files to a branch, opens a pull request, and waits for the checks. */
async function propose(
  here: Scene,
  files: Readonly<Record<string, string | null>>,
  branch = 'topic',
): Promise<{ readonly head: string; readonly checks: ReadonlyMap<string, CheckRun> }> {
  const head = await here.alice.push({ branch, files, message: 'Change' });
  await here.alice.openPullRequest({ title: 'Change', head: branch });
  await settle(here);
  return { head, checks: await checksOf(here, head) };
}

function conclusions(checks: ReadonlyMap<string, CheckRun>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...checks].map(([name, { conclusion }]) => [name, conclusion]));
}

/** Writes that reached GitHub, but for tokens. */
function writes({ github }: Scene): number {
  return github.requests.filter(
    ({ method, path }) =>
      !['GET', 'HEAD'].includes(method) &&
      path.includes('/api/') &&
      !path.includes('access_tokens'),
  ).length;
}

const refs = 'releases/2025.2/source-refs.yaml';

describe('a pull request', { timeout: 90_000 }, () => {
  it('gets three checks, with remarks on the very lines, and new ones when somebody asks', async () => {
    const here = await scene();
    const text = (smallRepository[refs] ?? '').replace('17.1.0', '17.0.1');
    const { head, checks } = await propose(here, { [refs]: text });
    expect([...checks.keys()].sort()).toEqual([
      'pinwheel/config',
      'pinwheel/constraints',
      'pinwheel/patches',
    ]);
    expect([...checks.values()].every(({ status }) => status === 'completed')).toBe(true);
    const config = checks.get('pinwheel/config');
    expect(config?.output.summary).toContain('17.0.1 belongs to 2025.1');
    const remarks = await api<readonly Annotation[]>(
      here,
      `/check-runs/${String(config?.id)}/annotations`,
    );
    expect(remarks).toContainEqual(expect.objectContaining({ path: refs, start_line: 4 }));

    const before = writes(here);
    await here.bot.store.enqueue({
      ...{ kind: 'check', head },
      repository: { installation: here.installation, owner: 'acme', name: 'images' },
    });
    await settle(here);
    expect(writes(here)).toBe(before);

    await here.alice.rerequest('pinwheel/config');
    await settle(here);
    const again = await checksOf(here, head);
    expect(conclusions(again)).toEqual(conclusions(checks));
    expect(again.get('pinwheel/config')?.id).not.toBe(config?.id);
  });

  it('that breaks a file is told which, and nothing else is looked at', async () => {
    const here = await scene();
    const { checks } = await propose(here, { [refs]: 'nova: [\n' });
    expect(conclusions(checks)).toEqual({
      'pinwheel/config': 'failure',
      'pinwheel/constraints': 'cancelled',
      'pinwheel/patches': 'cancelled',
    });
    expect(checks.get('pinwheel/config')?.output.summary).toContain(`${refs}:`);
  });

  it('with a patch that does not fit is told where, why, and how to rebuild it', async () => {
    const here = await scene();
    const patch = 'patches/nova/2025.2/0001-fix.patch';
    const { checks } = await propose(here, { [patch]: patchText('Fix it', 'setup.cfg') });
    const check = checks.get('pinwheel/patches');
    expect(check?.conclusion).toBe('failure');
    const remarks = await api<readonly Annotation[]>(
      here,
      `/check-runs/${String(check?.id)}/annotations`,
    );
    expect(remarks).toContainEqual(
      expect.objectContaining({ path: patch, start_line: 10, annotation_level: 'failure' }),
    );
    expect(check?.output.summary).toContain(`How to rebuild <code>${patch}</code> by hand`);
    expect(check?.output.summary).toContain(`format-patch -1 --zero-commit --stdout > ${patch}`);
  });

  it('whose lock is stale offers to mend it, with a commit on top', async () => {
    const here = await scene();
    const pin = { [refs]: (smallRepository[refs] ?? '').replace('32.0.0', '32.1.0') };
    const { head } = await propose(here, pin);
    await here.alice.press('pinwheel/config', 'update-lock');
    await settle(here);
    const [mended] = await api<readonly { readonly sha: string }[]>(here, '/commits?sha=topic');
    const commit = await api<Commit>(here, `/commits/${String(mended?.sha)}`);
    expect(commit).toMatchObject({
      parents: [{ sha: head }],
      files: [
        { filename: 'releases/2025.1/source-refs.lock.yaml', status: 'added' },
        { filename: 'releases/2025.2/source-refs.lock.yaml', status: 'added' },
      ],
    });
    expect(commit.commit.message).toMatch(/^releases: lock what 2025.1 and 2025.2 pin\n/);
    const checks = await checksOf(here, commit.sha);
    expect(checks.get('pinwheel/config')?.output.summary).not.toContain('has no lock');
    await expect(here.alice.press('pinwheel/config', 'update-lock')).rejects.toThrow();
  });

  it('whose lock GitHub lets nobody mend is left at that, where it takes no words either', async () => {
    const here = await scene({ [refs]: 'nova: "32.0.0"\n' });
    await propose(here, { [refs]: 'nova: "32.1.0"\n' });
    const on = 'POST /repos/{owner}/{repo}/git/trees';
    here.github.faults.plant({ on, fault: '403 before', times: 20 });
    await here.alice.lock(1);
    await here.alice.press('pinwheel/config', 'update-lock');
    await settle(here);
    const why = expect.stringMatching(/^GitHub: POST .*\/git\/trees: 403 /) as string;
    expect(here.bot.said('job refused')).toMatchObject([{ kind: 'update-lock', why }]);
    expect(here.bot.said('job failed')).toEqual([]);
  });

  it('to a repository without releases/ gets no checks at all', async () => {
    const here = await scene({ 'README.md': '# Something else\n' });
    const { checks } = await propose(here, { 'README.md': 'x\n' });
    expect(checks.size).toBe(0);
    const why = 'acme/images has no releases/ folder';
    expect(here.bot.lines.some((line) => line['why'] === why)).toBe(true);
  });

  it('that cannot be looked at is told why, and looked at when that has gone', async () => {
    const here = await scene();
    const head = await here.alice.push({ branch: 'topic', files: { a: 'a' }, message: 'Change' });
    await settle(here);
    const mend = here.github.faults.plant({
      ...{ on: 'git-upload-pack', fault: '502 before', times: 1000 },
    });
    await here.alice.openPullRequest({ title: 'Change', head: 'topic' });
    await here.bot.until(async () => {
      const config = (await checksOf(here, head)).get('pinwheel/config');
      return config?.conclusion === 'cancelled';
    });
    const config = (await checksOf(here, head)).get('pinwheel/config');
    expect(config?.output.summary).toContain('Pinwheel tries again by itself');
    expect(config?.output.summary).not.toContain('x-access-token');
    mend();
    await settle(here);
    const checks = await checksOf(here, head);
    expect(Object.values(conclusions(checks))).not.toContain('cancelled');
  });
});

const policyPath = '.github/pinwheel.yml';
const ignoring = 'ignore:\n  - component: nova\n    reason: not now\n';

describe('a change of the policy', { timeout: 90_000 }, () => {
  it('is no rule yet, shows what it would do, and sends the bot nowhere', async () => {
    const here = await scene();
    const inside = `components:\n  keystone:\n    upstream: ${here.upstream.url}/inside\n`;
    const policy = `${ignoring}${inside}builds: workflow\n`;
    const { checks } = await propose(here, { [policyPath]: policy });
    const summary = checks.get('pinwheel/config')?.output.summary ?? '';
    expect(summary).toContain('### What the new `.github/pinwheel.yml` would do');
    expect(summary).toContain('| `builds` | `bot` | `workflow` |');
    expect(summary).toContain(
      '| `nova/2025.2` | moves to `32.2.1`: `newest release of 2025.2` | stays: `ignored by the policy: not now` |',
    );
    expect(summary).not.toContain('oslo.messaging/2025.2');
    expect(summary).toContain(
      'Not asked before it is merged, for its upstream is new: `keystone`.',
    );
    expect(here.upstream.asked().filter((path) => path.includes('inside'))).toEqual([]);
  });

  it('that is wrong is told at its lines, and the rest is judged by the one in force', async () => {
    const here = await scene({ ...smallRepository, [policyPath]: `${ignoring}python: "4"\n` });
    const wrong = await propose(here, { [policyPath]: `${ignoring}# x\nschedule: hourly\n` });
    const config = wrong.checks.get('pinwheel/config');
    expect(config?.conclusion).toBe('failure');
    expect(config?.output.summary).toContain(`\`${policyPath}:5\``);
    expect(config?.output.summary).not.toContain(`\`${policyPath}:4\``);
    expect(wrong.checks.get('pinwheel/patches')?.conclusion).toBe('success');

    const mended = await propose(here, { [policyPath]: ignoring }, 'mending');
    expect(mended.checks.get('pinwheel/config')?.conclusion).not.toBe('failure');
    expect(mended.checks.get('pinwheel/config')?.output.summary).not.toContain(`${policyPath}:4`);
  });
});
