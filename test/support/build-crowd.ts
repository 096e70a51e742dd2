import { expect } from 'vitest';
import { startGitHub } from '../../sandbox/github/github.ts';
import type { GitHub } from '../../sandbox/github/github.ts';
import type { Person } from '../../sandbox/github/person.ts';
import { findRepository } from '../../sandbox/github/state/site.ts';
import { violationLines } from '../../sandbox/github/violations.ts';
import { cellName } from '../../src/core/model/plan.ts';
import type { Build } from '../../src/core/model/build.ts';
import type { RunnerTask, ScriptedJob } from '../../sandbox/github/actions/nouns.ts';
import { buildJobs, workflowPath, workflowText } from './build-scene.ts';
import { rememberedTemplate } from './remembering-server.ts';
import { serveOpenStack, smallRepository } from './small-openstack.ts';

/** Images, all of one base image: who changes that has all of them built. */
const services = Array.from({ length: 8 }, (_, at) => `nova${at}`);

/** As many as there are commands, so that none is asked for twice. */
const images = ['nova 2025.1', 'nova 2025.2', 'keystone 2025.1', 'keystone 2025.2'].concat(
  services.map((name) => `${name} 2025.2`),
);

/** A small GitHub whose Actions count what they do. */
export interface BuildCrowd {
  readonly github: GitHub;
  readonly app: ReturnType<GitHub['addApp']>;
  readonly upstream: string;
  readonly alice: Person;
  /** How often a run began, by correlation id. */
  readonly begun: ReadonlyMap<string, number>;
  /** How often an image came out of a run that publishes, by commit and name. */
  readonly published: ReadonlyMap<string, number>;
}

/** Gives the crowd, and how to end it. */
export async function startBuildCrowd(): Promise<
  BuildCrowd & { readonly end: () => Promise<void> }
> {
  const { server, template } = await serveOpenStack();
  const upstream = await rememberedTemplate(template);
  const nova = await rememberedTemplate(`${server.url}/nova`);
  const github = await startGitHub({ limits: 'none' });
  await github.addRepository({
    ...{ name: 'acme/images', files: filesFor(nova), people: { alice: 'admin' } },
  });
  const begun = new Map<string, number>();
  const published = new Map<string, number>();
  github.runActions(
    'acme/images',
    (task) => {
      count(begun, task.inputs['correlation'] ?? '');
      const jobs = buildJobs(task, () => ({ seconds: 0.5 }));
      if (task.inputs['publish'] === 'true')
        for (const job of jobs) count(published, nameOf(task, job));
      return jobs;
    },
    2000,
  );
  return {
    ...{ github, app: addApp(github), upstream, alice: github.as('alice'), begun, published },
    end: async () => {
      await github.stop();
      expect(violationLines(github.violations)).toEqual([]);
    },
  };
}

function addApp(github: GitHub): BuildCrowd['app'] {
  const app = github.addApp({
    name: 'Pinwheel',
    permissions: {
      ...{ contents: 'write', pull_requests: 'write', checks: 'write', issues: 'write' },
      actions: 'write',
    },
    // Nobody presses a button here; and of jobs there are three webhooks for each image, which only make it sooner.
    events: ['push', 'pull_request', 'issue_comment', 'workflow_run'],
    webhookSecret: 'secret of the webhook',
  });
  github.install(app, 'acme');
  return app;
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function nameOf({ inputs }: RunnerTask, { name }: ScriptedJob): string {
  return `${inputs['commit'] ?? ''} ${name}`;
}

function filesFor(nova: string): Readonly<Record<string, string>> {
  const pins = services.map((name) => `${name}: "32.0.0"\n`).join('');
  const dockerfile = smallRepository['images/nova/Dockerfile'] ?? '';
  return {
    ...{ ...smallRepository, [workflowPath]: workflowText },
    ...Object.fromEntries(services.map((name) => [`images/${name}/Dockerfile`, dockerfile])),
    'releases/2025.2/source-refs.yaml': `nova: "32.0.0"\nkeystone: "28.0.0"\n${pins}`,
    '.github/pinwheel.yml': [
      'limits:\n  commandsPerHour: 1000\ncomponents:\n',
      ...services.map((name) => `  ${name}:\n    upstream: ${nova}\n`),
    ].join(''),
  };
}

/** What somebody asked for, and where the answer has to stand. */
export interface AskedBuild {
  readonly head: string;
  readonly publish: boolean;
  /** The comment that asked. */
  readonly comment?: number;
}

/** A pull request, a new stable branch, or a command; each is a plan of its own. */
export async function ask(
  { alice }: BuildCrowd,
  {
    kind,
    n,
    main,
    issue,
  }: { kind: 'pull' | 'branch' | 'command'; n: number; main: string; issue: number },
): Promise<AskedBuild> {
  const files = { 'images/python-base/note': String(n) };
  const message = `Change ${n}`;
  switch (kind) {
    case 'pull': {
      const head = await alice.push({ branch: `topic-${n}`, from: 'main', files, message });
      await alice.openPullRequest({ title: message, head: `topic-${n}` });
      return { head, publish: false };
    }
    case 'branch':
      return {
        head: await alice.push({ branch: `stable/${n}`, from: 'main', files, message }),
        publish: true,
      };
    case 'command': {
      const comment = await alice.comment(
        issue,
        `/rebuild ${images[(n / 8) % images.length] ?? ''}`,
      );
      return { head: main, publish: true, comment };
    }
  }
}

interface ShownCheck {
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
}

/** The newest `pinwheel/images` of a commit. */
export function imagesCheckIn({ github }: BuildCrowd, head: string): ShownCheck | undefined {
  const checks = [...(findRepository(github.site, 'acme/images')?.checks.values() ?? [])];
  return checks
    .filter((one) => one.name === 'pinwheel/images' && one.headSha === head)
    .toSorted((a, b) => b.id - a.id)[0];
}

/** What differs between the ledger and what is told of a commit. */
export function untold(check: ShownCheck | undefined, builds: readonly Build[]): readonly string[] {
  if (check?.status !== 'completed') return ['it is not completed'];
  if (check.conclusion !== 'success')
    return [`it is ${check.conclusion ?? ''}: ${check.title ?? ''}`];
  const cells = new Set(builds.flatMap(({ cells: all }) => all.map(({ cell }) => cellName(cell))));
  return [...cells].filter((name) => {
    const row = check.summary?.split('\n').find((line) => line.includes(`\`${name}\``));
    return row?.includes('✅ built') !== true || !row.includes('`sha256:');
  });
}

/** What is wrong with the answer to a comment: it is to have one reply, and both reactions. */
export function unanswered({ github }: BuildCrowd, comment: number): readonly string[] {
  const all = [...(findRepository(github.site, 'acme/images')?.comments.values() ?? [])];
  const replies = all.filter(({ body }) => body.includes(`topic command-${comment} -->`));
  const asked = all.find(({ id }) => id === comment);
  const seen = new Set(asked?.reactions.map(({ content }) => content));
  return [
    ...(replies.length === 1 ? [] : [`comment ${comment} has ${replies.length} replies`]),
    ...(seen.has('rocket') && seen.has('eyes') ? [] : [`comment ${comment}: ${[...seen].join()}`]),
  ];
}
