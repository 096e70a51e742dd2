import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { buildScene, reactionsOn, saidOn, settle } from '../support/build-scene.ts';
import type { BuildScene } from '../support/build-scene.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

const roleRoute = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';

interface Proposed extends BuildScene {
  readonly number: number;
}

/** A pull request that changes no image, and has a title that looks like a command. */
async function proposed(): Promise<Proposed> {
  const here = await buildScene({ databaseUrl: used.url });
  await here.alice.push({ branch: 'topic', files: { 'README.md': 'x\n' }, message: 'Change' });
  const title = '/rebuild nova all';
  const number = await here.alice.openPullRequest({ title, head: 'topic' });
  await settle(here);
  return { ...here, number };
}

describe('a comment', { timeout: 120_000 }, () => {
  it('that is deleted while it is answered leaves nothing to be done', async () => {
    const here = await proposed();
    expect(here.runs).toEqual([]);
    const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
    here.github.faults.plant({ on: route, fault: 'slow 2000ms' });
    const id = await here.alice.comment(here.number, '/status');
    const path = `/issues/comments/${id}/reactions`;
    while (!here.github.requests.some((one) => one.path.endsWith(path))) await sleep(10);
    await here.alice.deleteComment(id);
    await settle(here);
    expect(await here.bot.store.deadJobs()).toEqual([]);
    const ends = here.bot.lines.filter(
      ({ kind, msg }) => kind === 'command' && msg !== 'job started',
    );
    expect(ends.at(-1)).toMatchObject({ msg: 'job nothing' });
  });

  it('that somebody else changed asks for nothing, whatever comes after', async () => {
    const here = await proposed();
    here.github.addUser('bob');
    const id = await here.alice.comment(here.number, 'Thanks!');
    // GitHub's times have no parts of a second.
    await sleep(1100);
    await here.github.as('bob').editComment(id, '/rebuild nova 2025.2');
    await settle(here);
    const repository = { installation: here.installation, owner: 'acme', name: 'images' };
    const job = { kind: 'command', repository, issue: here.number, comment: id } as const;
    // A late webhook about its beginning, and both at once: who changed it is not forgotten.
    await here.bot.store.enqueue(job);
    await settle(here);
    await Promise.all([
      here.bot.store.enqueue({ ...job, editor: 'bob' }),
      here.bot.store.enqueue(job),
    ]);
    await settle(here);
    expect(here.runs).toEqual([]);
    expect(await saidOn(here, here.number)).toEqual([]);
    expect(await reactionsOn(here, here.number)).toEqual(['']);
  });

  it('whose answer was cut off is answered in the end, and nothing is done twice', async () => {
    const here = await proposed();
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    here.github.faults.plant({ on: route, fault: '502 before', times: 2 });
    here.github.faults.plant({ on: route, fault: '502 after', skip: 2 });
    await here.alice.comment(here.number, '/rebuild nova 2025.2\n/hold\n/cancel\n/check');
    await settle(here);
    const said = await saidOn(here, here.number);
    expect(said).toHaveLength(1);
    for (const line of ['/hold', '/check']) expect(said[0]).toContain(`🚀 \`${line}\``);
    expect(said[0]).not.toContain('⏳');
    expect(here.runs.length).toBeLessThanOrEqual(1);
    expect((await reactionsOn(here, here.number))[0]).toMatch(/^eyes (?:rocket|confused)$/);
  });

  it('whose job died is told so, and may ask again', async () => {
    const here = await proposed();
    here.github.faults.plant({ on: roleRoute, fault: '502 before', times: 1000 });
    const asked = ['/hold', '/rebuild nova 2025.2', ...Array<string>(30).fill('/status')];
    await here.alice.comment(here.number, asked.join('\n'));
    await settle(here);
    const said = await saidOn(here, here.number);
    expect(said).toHaveLength(1);
    expect(said[0]?.split('This was not done, or not to its end')).toHaveLength(11);
    expect(said[0]).toContain('This and what follows was not looked at, 22 in all: `');
    expect(await reactionsOn(here, here.number)).toEqual(['eyes confused']);
    // What is answered is nobody's to be run again.
    expect(await here.bot.store.deadJobs()).toEqual([]);
    here.github.faults.clear();
    await here.alice.comment(here.number, '/rebuild nova 2025.2');
    await settle(here);
    expect((await saidOn(here, here.number)).at(-1)).toContain('🚀 `/rebuild nova 2025.2`');
    expect(here.runs).toHaveLength(1);
  });

  it('whose job died when its build had begun is told what becomes of that', async () => {
    const here = await proposed();
    const route = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
    here.github.faults.plant({ on: route, fault: '502 after', times: 1 });
    here.github.faults.plant({ on: roleRoute, fault: '502 before', skip: 2, times: 1000 });
    await here.alice.comment(here.number, '/rebuild nova 2025.2\n/hold');
    await settle(here);
    expect(here.bot.lines.some(({ msg }) => msg.startsWith('job dead'))).toBe(true);
    here.github.faults.clear();
    await here.bot.store.enqueue({ kind: 'report-builds' });
    await settle(here);
    const [said = ''] = await saidOn(here, here.number);
    expect(said).toContain('🚀 `/rebuild nova 2025.2`');
    expect(said).toContain('😕 `/hold`');
    expect(here.runs).toHaveLength(1);
    expect(await reactionsOn(here, here.number)).toEqual(['eyes confused']);
  });

  it('whose job died before its reply leaves the word that it gave', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    here.github.addUser('mallory');
    const fork = await here.github.as('mallory', 'acme/images').fork();
    const files = { 'images/nova/Dockerfile': 'FROM scratch\n' };
    const mallory = here.github.as('mallory', fork);
    const head = await mallory.push({ branch: 'topic', files, message: 'Change' });
    const upstream = here.github.as('mallory', 'acme/images');
    const number = await upstream.openPullRequest({ title: 'Change', head: 'mallory:topic' });
    await settle(here);
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    here.github.faults.plant({ on: route, fault: '502 before', times: 20 });
    await here.alice.comment(number, `/ok-to-build ${head}`);
    await settle(here);
    expect(here.bot.lines.some(({ msg }) => msg.startsWith('job dead'))).toBe(true);
    const [said = ''] = await saidOn(here, number);
    expect(said).toContain('🚀 `/ok-to-build');
    expect(said).toContain('<!-- pinwheel:ok-to-build');
    expect(here.runs).toHaveLength(1);
  });

  it('that somebody else changed meanwhile gets no reply of a dead job', async () => {
    const here = await proposed();
    here.github.addUser('bob');
    const route = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}';
    const mend = here.github.faults.plant({ on: route, fault: '502 before', times: 1000 });
    const id = await here.alice.comment(here.number, '/rebuild nova 2025.2');
    await settle(here);
    mend();
    await sleep(1100);
    await here.github.as('bob').editComment(id, '/rebuild nova 2026.1');
    await settle(here);
    expect(await saidOn(here, here.number)).toEqual([]);
    expect(here.runs).toEqual([]);
  });

  it('on a closed pull request changes nothing there, and is answered', async () => {
    const here = await proposed();
    await here.alice.closePullRequest(here.number);
    await here.alice.comment(here.number, '/rebuild nova 2025.2\n/status');
    await settle(here);
    const [said = ''] = await saidOn(here, here.number);
    expect(said).toContain('😕 `/rebuild nova 2025.2`');
    expect(said).toContain('🚀 `/status`');
    expect(here.runs).toEqual([]);
  });
});
