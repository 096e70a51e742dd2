import { describe, expect, it } from 'vitest';
import { settle as settleForLong } from '../support/app-scene.ts';
import { api, buildScene, imagesCheckOf, settle } from '../support/build-scene.ts';
import type { BuildSceneOptions } from '../support/build-scene.ts';
import {
  actionsIn,
  dockerfile,
  failed,
  goesOn,
  propose,
  proposedBuild,
  toldCells,
} from '../support/proposed-build.ts';
import type { Proposed } from '../support/proposed-build.ts';
import { smallRepository } from '../support/small-openstack.ts';
import { useStore } from '../support/store.ts';

const refs = 'releases/2025.2/source-refs.yaml';
const used = useStore();

function proposed(options: Partial<BuildSceneOptions> = {}): Promise<Proposed> {
  return proposedBuild({ databaseUrl: used.url, ...options });
}

describe('re-run', { timeout: 120_000 }, () => {
  it('of the check builds what is red, and all where nothing is', async () => {
    let isMended = false;
    const here = await proposed({
      script: (name) => (isMended ? undefined : failed(name)),
    });
    isMended = true;
    await here.alice.rerequest('pinwheel/images');
    await settle(here);
    expect(here.runs.map(toldCells)).toEqual([['nova/2025.1', 'nova/2025.2'], ['nova/2025.2']]);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({
      conclusion: 'success',
      output: { title: '2 built' },
    });
    await here.alice.rerequestAll(here.head);
    await settle(here);
    expect(here.runs.map(toldCells)[2]).toEqual(['nova/2025.1', 'nova/2025.2']);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ conclusion: 'success' });
  });

  it('after the store was lost finds the run that is there, and begins no other', async () => {
    const here = await proposed({ script: goesOn });
    await used.sql('delete from pinwheel.builds');
    await here.alice.rerequest('pinwheel/images');
    await settle(here);
    expect(here.runs).toHaveLength(1);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
    await here.alice.press('pinwheel/images', 'cancel-build');
    await settle(here);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({
      output: { title: '2 cancelled' },
    });
  });

  it('after the store was lost waits for the run that no machine has taken yet', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const actions = actionsIn(here);
    actions.runner = undefined;
    const { head } = await propose(here);
    await used.sql('delete from pinwheel.builds');
    await here.alice.rerequest('pinwheel/images');
    await settle(here);
    expect(actions.runs.size).toBe(1);
    expect(await imagesCheckOf(here, head)).toMatchObject({ status: 'in_progress' });
  });

  it('while it is built changes nothing', async () => {
    const here = await proposed({ script: goesOn });
    await here.alice.rerequest('pinwheel/images');
    await settle(here);
    expect(here.runs).toHaveLength(1);
    expect(await imagesCheckOf(here, here.head)).toMatchObject({ status: 'in_progress' });
  });
});

describe('the button', { timeout: 120_000 }, () => {
  it('Explain says input by input why, once', async () => {
    const here = await proposed();
    await here.alice.press('pinwheel/images', 'explain-build');
    await here.alice.press('pinwheel/images', 'explain-build');
    await settle(here);
    type Comment = { readonly body: string };
    const said = await api<readonly Comment[]>(here, '/issues/1/comments');
    expect(said).toHaveLength(1);
    expect(said[0]?.body).toContain('nova/2025.1');
    expect(said[0]?.body).toContain('image files');
  });

  it('Explain is refused, once, where the conversation is locked', async () => {
    const here = await proposed();
    await here.alice.lock(1);
    await here.alice.press('pinwheel/images', 'explain-build');
    await settle(here);
    const why = 'GitHub takes no comment on #1';
    expect(here.bot.said('job refused')).toMatchObject([{ kind: 'press', why }]);
    expect(here.bot.said('job failed')).toEqual([]);
  });
});

describe('pushes to main', { timeout: 120_000 }, () => {
  it('take the place of what is built, and build what that has not', async () => {
    const here = await buildScene({
      databaseUrl: used.url,
      script: (_, { inputs }) => (inputs['commit'] === first ? { seconds: Infinity } : undefined),
    });
    const pins = smallRepository[refs] ?? '';
    const nova = { [refs]: pins.replace('32.0.0', '32.1.0') };
    let first = '';
    first = await here.alice.push({ branch: 'main', files: nova, message: 'Move nova' });
    await settle(here);
    const keystone = { 'images/keystone/Dockerfile': `${smallRepository[dockerfile] ?? ''}# y\n` };
    const second = await here.alice.push({ branch: 'main', files: keystone, message: 'Keystone' });
    await settle(here);
    expect(here.runs.map(toldCells)).toEqual([
      ['nova/2025.2'],
      ['keystone/2025.1', 'keystone/2025.2', 'nova/2025.2'],
    ]);
    expect(here.runs[1]?.inputs).toMatchObject({ commit: second, publish: 'true' });
    expect(await imagesCheckOf(here, first)).toMatchObject({ output: { title: '1 superseded' } });
    expect(await imagesCheckOf(here, second)).toMatchObject({ conclusion: 'success' });
    // The first one's webhook once more, and its button: its tags have moved on.
    const repository = { installation: here.installation, owner: 'acme', name: 'images' };
    await here.bot.store.enqueue({
      kind: 'build',
      repository,
      head: first,
      pushed: { branch: 'main', before: '0'.repeat(40) },
    });
    await here.bot.store.enqueue({
      kind: 'press',
      repository,
      head: first,
      action: 'rebuild-failed',
      by: 'alice',
    });
    await settle(here);
    expect(here.runs.slice(2).map(toldCells)).toEqual([['nova/2025.1']]);
    expect(here.runs[2]?.inputs).toMatchObject({ commit: second });
  });
});

describe('300 images', { timeout: 240_000 }, () => {
  it('are built by several runs, and told in one check', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `nova${at}`);
    const file = smallRepository[dockerfile] ?? '';
    const here = await buildScene({
      databaseUrl: used.url,
      files: (upstreams) => ({
        'images/python-base/Dockerfile': smallRepository['images/python-base/Dockerfile'] ?? '',
        ...Object.fromEntries(names.map((name) => [`images/${name}/Dockerfile`, file])),
        [refs]: names.map((name) => `${name}: "32.0.0"\n`).join(''),
        '.github/pinwheel.yml': `components:\n${names
          .map((name) => `  ${name}:\n    upstream: ${upstreams}/nova\n`)
          .join('')}`,
      }),
    });
    const files = { 'images/python-base/note': 'x\n' };
    const head = await here.alice.push({ branch: 'topic', files, message: 'Base image' });
    await here.alice.openPullRequest({ title: 'Base image', head: 'topic' });
    await settleForLong(here);
    expect(here.runs.length).toBeGreaterThan(1);
    expect(here.runs.flatMap(toldCells).toSorted()).toEqual(
      names.map((name) => `${name}/2025.2`).toSorted(),
    );
    const check = await imagesCheckOf(here, head);
    expect(check).toMatchObject({ conclusion: 'success', output: { title: '300 built' } });
    for (const name of names) expect(check?.output.summary).toContain(name);
  });
});
