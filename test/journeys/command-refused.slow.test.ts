import { describe, expect, it } from 'vitest';
import { api, buildScene, reactionsOn, saidOn, settle } from '../support/build-scene.ts';
import type { BuildScene } from '../support/build-scene.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

const commentRoute = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const reactionRoute = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
const always = 100_000;

interface Proposed extends BuildScene {
  readonly number: number;
}

/** A pull request that changes no image. */
async function proposed(base = 'main'): Promise<Proposed> {
  const here = await buildScene({ databaseUrl: used.url });
  const files = { 'README.md': 'x\n' };
  if (base !== 'main') await here.alice.push({ branch: base, files: {}, message: 'Begin' });
  await here.alice.push({ branch: 'topic', files, message: 'Change' });
  const number = await here.alice.openPullRequest({ title: 'Change', head: 'topic', base });
  await settle(here);
  return { ...here, number };
}

async function proposedByStranger(): Promise<Proposed & { readonly head: string }> {
  const here = await buildScene({ databaseUrl: used.url });
  here.github.addUser('mallory');
  const fork = await here.github.as('mallory', 'acme/images').fork();
  const files = { 'images/nova/Dockerfile': 'FROM scratch\n' };
  const mine = here.github.as('mallory', fork);
  const head = await mine.push({ branch: 'topic', files, message: 'Change' });
  const upstream = here.github.as('mallory', 'acme/images');
  const number = await upstream.openPullRequest({ title: 'Change', head: 'mallory:topic' });
  await settle(here);
  return { ...here, number, head };
}

async function labelsOn(here: Proposed): Promise<readonly string[]> {
  type Pull = { readonly labels: readonly { readonly name: string }[] };
  return (await api<Pull>(here, `/issues/${here.number}`)).labels.map(({ name }) => name);
}

/** How jobs about comments ended; those that found nothing to do are left out. */
function ends({ bot }: BuildScene): readonly unknown[] {
  return bot.lines
    .filter(({ kind, msg }) => kind === 'command' && msg !== 'job started')
    .map(({ msg }) => msg)
    .filter((msg) => msg !== 'job nothing');
}

/** The webhook comes once more. */
async function again(here: Proposed, comment: number): Promise<void> {
  const repository = { installation: here.installation, owner: 'acme', name: 'images' };
  await here.bot.store.enqueue({ kind: 'command', repository, issue: here.number, comment });
  await settle(here);
}

describe('commands in a locked conversation', { timeout: 120_000 }, () => {
  it('are done once, and nothing is tried again because no reply is taken', async () => {
    const here = await proposed();
    await here.alice.lock(here.number);
    const id = await here.alice.comment(here.number, '/hold\n/rebuild nova all');
    await settle(here);
    expect(await labelsOn(here)).toEqual(['pinwheel/hold']);
    expect(here.runs).toHaveLength(1);
    // The second one when the build has ended.
    expect(ends(here)).toEqual(['job refused', 'job refused']);
    expect(await here.bot.store.deadJobs()).toEqual([]);
    expect(await saidOn(here, here.number)).toEqual([]);

    await here.alice.unlabel(here.number, 'pinwheel/hold');
    await again(here, id);
    await here.alice.editComment(id, '/hold\n/rebuild nova all\n/status');
    await settle(here);
    expect(await labelsOn(here)).toEqual([]);
    expect(here.runs).toHaveLength(1);
    expect(ends(here).slice(2)).toEqual(['job refused']);
  });

  it('tell by a reaction how they ended, where GitHub takes that', async () => {
    const here = await proposed();
    here.github.faults.plant({ on: commentRoute, fault: '403 before', times: always });
    await here.alice.comment(here.number, '/hold\n/rebuild nova all');
    await here.alice.comment(here.number, '/rebuild nov all');
    await settle(here);
    expect(await reactionsOn(here, here.number)).toEqual(['eyes rocket', 'eyes confused']);
    expect(await saidOn(here, here.number)).toEqual([]);
    expect(new Set(ends(here))).toEqual(new Set(['job refused']));
  });

  it('end, too, where their job died', async () => {
    const here = await proposed();
    const role = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    here.github.faults.plant({ on: role, fault: '502 before', times: always });
    here.github.faults.plant({ on: commentRoute, fault: '403 before', times: always });
    await here.alice.comment(here.number, '/hold');
    await settle(here);
    expect(ends(here).at(-1)).toBe('job refused');
    expect(await reactionsOn(here, here.number)).toEqual(['eyes confused']);
    expect(await here.bot.store.deadJobs()).toEqual([]);
  });
});

describe('/ok-to-build', { timeout: 120_000 }, () => {
  it('is not taken where its word cannot stand in a reply', async () => {
    const here = await proposedByStranger();
    const { number, head } = here;
    const mend = here.github.faults.plant({
      ...{ on: commentRoute, fault: '403 before', times: always },
    });
    const id = await here.alice.comment(number, `/ok-to-build ${head}`);
    await settle(here);
    expect(await reactionsOn(here, number)).toEqual(['eyes confused']);
    expect(ends(here)).toEqual(['job refused']);
    mend();
    await again(here, id);
    // A reply to what comes later has the word of none that was not taken.
    await here.alice.editComment(id, `/ok-to-build ${head}\n/status`);
    await settle(here);
    const [said = ''] = await saidOn(here, number);
    expect(said).toContain('😕 `/ok-to-build');
    expect(said).toContain('🚀 `/status`');
    expect(said).not.toContain('<!-- pinwheel:ok-to-build');
    expect(here.runs).toEqual([]);

    await here.alice.comment(number, `/ok-to-build ${head}`);
    await settle(here);
    expect(here.runs).toHaveLength(1);
  });

  it('that was taken stays so when the conversation is locked', async () => {
    const here = await proposedByStranger();
    const { number, head } = here;
    const id = await here.alice.comment(number, `/ok-to-build ${head}`);
    await settle(here);
    expect(here.runs).toHaveLength(1);
    const edit = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
    here.github.faults.plant({ on: edit, fault: '403 before', times: always });
    await here.alice.editComment(id, `/ok-to-build ${head}\n/rebuild nova 2025.2`);
    await settle(here);
    expect(here.runs).toHaveLength(2);
    expect(await reactionsOn(here, number)).toEqual(['eyes rocket']);
    expect(ends(here)).not.toContain('job failed');
    expect((await saidOn(here, number))[0]).toContain('<!-- pinwheel:ok-to-build');
  });
});

describe('a command', { timeout: 120_000 }, () => {
  it('is done and answered where only reactions are refused', async () => {
    const here = await proposed();
    here.github.faults.plant({ on: reactionRoute, fault: '403 before', times: always });
    await here.alice.comment(here.number, '/hold');
    await settle(here);
    expect(await labelsOn(here)).toEqual(['pinwheel/hold']);
    expect((await saidOn(here, here.number))[0]).toContain('🚀 `/hold`');
    expect(ends(here)).toEqual(['job done']);
  });

  it('on a pull request whose base branch is gone is answered once', async () => {
    const here = await proposed('old');
    await here.alice.deleteBranch('old');
    await settle(here);
    const id = await here.alice.comment(here.number, '/status\n/help plan\n/hold\n/explain');
    await settle(here);
    const said = await saidOn(here, here.number);
    expect(said).toHaveLength(1);
    const gone = 'The branch `old` is gone';
    expect(said[0]).toContain(`😕 \`/status\`\n\n${gone}`);
    expect(said[0]).toContain('🚀 `/help plan`');
    expect(said[0]).toContain('/hold is about an open pull request, and this one is closed');
    expect(said[0]).toContain(`😕 \`/explain\`\n\n${gone}`);
    expect(await reactionsOn(here, here.number)).toEqual(['eyes confused']);
    await again(here, id);
    expect(await saidOn(here, here.number)).toEqual(said);
    expect(ends(here)).toEqual(['job done']);
  });

  it('on a pull request whose own branch is gone is about the commit that it had', async () => {
    const here = await proposed();
    await here.alice.deleteBranch('topic');
    await settle(here);
    await here.alice.comment(here.number, '/plan');
    await settle(here);
    expect((await saidOn(here, here.number))[0]).toContain('Nothing would be built.');
  });
});
