import { describe, expect, it } from 'vitest';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { startScene, sceneUpstreams } from '../support/app-scene.ts';
import type { Scene } from '../support/app-scene.ts';
import type { PullState } from '../support/repository-state.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

const note = `---
security:
  - |
    A project may not read the servers of another any more.
`;

/** A security fix of nova, a point release of keystone, and a branch of glance that goes on. */
const story: OpenStackStory = {
  series: [{ id: '2025.2', name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' }],
  components: [
    {
      name: 'nova',
      lines: {
        '2025.2': [
          '32.0.0',
          {
            version: '32.0.1',
            commits: [
              {
                message: 'Close the hole\n',
                files: { 'releasenotes/notes/hole-0123456789abcdef.yaml': note },
              },
            ],
          },
        ],
      },
    },
    { name: 'keystone', lines: { '2025.2': ['28.0.0', '28.0.1'] } },
    {
      name: 'glance',
      lines: {
        '2025.2': {
          versions: ['31.0.0'],
          unreleased: [{ message: 'Fix what is on the branch\n', files: { fixed: 'yes\n' } }],
        },
      },
    },
  ],
};

const later: OpenStackStory = {
  ...story,
  components: story.components.map((component) =>
    component.name === 'keystone'
      ? { ...component, lines: { '2025.2': ['28.0.0', '28.0.1', '28.0.2'] } }
      : component,
  ),
};

const pins = 'releases/2025.2/source-refs.yaml';
const pinned = 'nova: "32.0.0"\nkeystone: "28.0.0"\nglance: stable/2025.2  # watched\n';
const lane = 'pinwheel/main/2025.2';
const dockerfile = 'FROM python-base\nRUN --mount=type=bind,from=source,target=/source true\n';

async function scene(files: Readonly<Record<string, string>> = {}): Promise<Scene> {
  const upstreams = await sceneUpstreams(story);
  const [nova, keystone, glance] = await Promise.all([
    upstreams.commit('nova', '32.0.0'),
    upstreams.commit('keystone', '28.0.0'),
    upstreams.commit('glance', '31.0.0'),
  ]);
  const lock = [
    ...['series: "2025.2"', 'python: "3.12"', 'baseImages: {}', 'components:'],
    ...[`  glance: {ref: stable/2025.2, commit: ${glance}, version: "31.0.0"}`],
    ...[`  keystone: {ref: "28.0.0", commit: ${keystone}, version: "28.0.0"}`],
    ...[`  nova: {ref: "32.0.0", commit: ${nova}, version: "32.0.0"}`, ''],
  ].join('\n');
  return startScene({
    ...{ databaseUrl: used.url, upstreams },
    files: {
      'images/python-base/Dockerfile': 'FROM scratch\n',
      'images/nova/Dockerfile': dockerfile,
      'images/keystone/Dockerfile': dockerfile,
      'images/glance/Dockerfile': dockerfile,
      [pins]: pinned,
      'releases/2025.2/source-refs.lock.yaml': lock,
      ...files,
    },
  });
}

async function pullsOf(here: Scene): Promise<ReadonlyMap<string, PullState>> {
  const { pulls, unfinished } = await here.state();
  expect(unfinished).toEqual([]);
  return new Map(pulls.map((pull) => [pull.head, pull]));
}

/** The one pull request of a branch that is open or was there last. */
function numberOf({ github }: Scene, branch: string): number {
  const [repository] = github.site.repositories.values();
  const issues = [...(repository?.issues.values() ?? [])];
  return issues.findLast(({ pull }) => pull?.headRef === branch)?.number ?? 0;
}

function runsOf(pull: PullState | undefined): readonly number[] {
  const names = ['pinwheel/config', 'pinwheel/constraints', 'pinwheel/patches'];
  return names.map((name) => {
    const check = pull?.checks[name];
    return check?.conclusion == null ? 0 : check.runs;
  });
}

const security = `${lane}/security/nova`;
const refs = `${lane}/refs`;
const constraints = `${lane}/constraints`;

describe('the App', { timeout: 120_000 }, () => {
  it('installed, pushed to, closed and asked again, does what people expect of it', async () => {
    const here = await scene();
    await here.settle();
    const opened = await pullsOf(here);
    expect([...opened.keys()].sort()).toEqual([constraints, refs, security]);
    for (const pull of opened.values()) {
      expect({ state: pull.state, runs: runsOf(pull) }).toEqual({ state: 'open', runs: [1, 1, 1] });
    }
    expect(opened.get(security)?.title).toBe('2025.2: nova 32.0.0 → 32.0.1 (security)');
    expect(opened.get(security)?.body).toContain('A project may not read the servers of another');
    // The branch of glance went on, and its lock goes along.
    expect(opened.get(refs)?.body).toMatch(
      /\| `glance` \| `stable\/2025\.2` \| `\w{8}` \| `\w{8}` \|/,
    );
    expect(await here.sweepAgain()).toEqual([]);

    await here.alice.closePullRequest(numberOf(here, security));
    await here.alice.label(numberOf(here, constraints), 'pinwheel/hold');
    await here.upstreams.tell(later);
    const text = `# pushed\n${pinned}`;
    await here.alice.push({ branch: 'main', files: { [pins]: text }, message: 'Say more' });
    await here.settle();
    const updated = await pullsOf(here);
    expect(updated.size).toBe(3);
    expect(updated.get(security)?.state).toBe('closed');
    expect(updated.get(constraints)).toEqual({
      ...opened.get(constraints),
      labels: ['pinwheel/hold'],
    });
    expect(updated.get(refs)?.title).toBe('2025.2: keystone 28.0.0 → 28.0.2');
    expect(runsOf(updated.get(refs))).toEqual([1, 1, 1]);
    expect(await here.sweepAgain()).toEqual([]);

    await here.alice.rerequest('pinwheel/patches');
    await here.settle();
    expect(runsOf((await pullsOf(here)).get(refs))).toEqual([2, 2, 2]);
    await here.alice.rerequestAll(headOf(here, refs));
    await here.settle();
    const asked = (await pullsOf(here)).get(refs);
    expect(runsOf(asked)).toEqual([3, 3, 3]);
    expect(withoutRuns(asked)).toEqual(withoutRuns(updated.get(refs)));
  });

  it('looks after each base branch that the policy of the default branch names', async () => {
    const policy = { '.github/pinwheel.yml': "branches: [main, 'stable/**']\n" };
    const here = await scene(policy);
    await here.settle();
    await here.alice.push({ branch: 'stable/one/a', files: { a: 'a' }, message: 'Branch off' });
    await here.alice.push({ branch: 'topic', files: { a: 'a' }, message: 'Work' });
    await here.settle();
    const pulls = await pullsOf(here);
    const bases = [...pulls.values()].map(({ head, base }) => `${head} into ${base}`);
    expect(bases).toEqual([
      `${constraints} into main`,
      `${refs} into main`,
      `${security} into main`,
      'pinwheel/stable/one/a/2025.2/constraints into stable/one/a',
      'pinwheel/stable/one/a/2025.2/refs into stable/one/a',
      'pinwheel/stable/one/a/2025.2/security/nova into stable/one/a',
    ]);
    expect([...pulls.values()].map(runsOf)).toEqual(bases.map(() => [1, 1, 1]));
    expect(await here.sweepAgain()).toEqual([]);
  });
});

function headOf({ github }: Scene, branch: string): string {
  const [repository] = github.site.repositories.values();
  return repository?.issues.get(numberOf({ github } as Scene, branch))?.pull?.headSha ?? '';
}

function withoutRuns(pull: PullState | undefined): readonly unknown[] {
  return Object.entries(pull?.checks ?? {}).map(([name, { conclusion, title, summary }]) => ({
    ...{ name, conclusion, title, summary },
  }));
}
