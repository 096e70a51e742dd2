import { describe, expect, it } from 'vitest';
import {
  api,
  buildScene,
  imagesCheckOf,
  reactionsOn,
  saidOn,
  settle,
} from '../support/build-scene.ts';
import type { BuildScene } from '../support/build-scene.ts';
import { smallRepository } from '../support/small-openstack.ts';
import { useStore } from '../support/store.ts';

const used = useStore();

/** A pull request that changes no image. */
async function pullRequest(
  here: BuildScene,
): Promise<{ readonly number: number; readonly head: string }> {
  const head = await here.alice.push({
    branch: 'topic',
    files: { 'README.md': 'x\n' },
    message: 'Change',
  });
  const number = await here.alice.openPullRequest({ title: 'Change', head: 'topic' });
  await settle(here);
  return { number, head };
}

describe('commands in one comment', { timeout: 90_000 }, () => {
  it('are all answered in one reply, each by itself', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { number } = await pullRequest(here);
    const lines = ['/help rebuild', '/plan', '/status', '/explain nova 2025.2', '/hold'];
    await here.alice.comment(number, `${lines.join('\n')}\n`);
    await settle(here);
    const said = await saidOn(here, number);
    expect(said).toHaveLength(1);
    const [reply = ''] = said;
    for (const line of lines) expect(reply).toContain(`🚀 \`${line}\``);
    expect(reply).toContain('Nothing would be built.');
    expect(reply).toContain('nothing that goes into it changed');
    expect(await reactionsOn(here, number)).toEqual(['eyes rocket']);
    type Pull = { readonly labels: readonly { readonly name: string }[] };
    expect((await api<Pull>(here, `/issues/${number}`)).labels.map(({ name }) => name)).toEqual([
      'pinwheel/hold',
    ]);

    await here.alice.comment(number, '/unhold\n/check\n/update');
    await settle(here);
    expect((await api<Pull>(here, `/issues/${number}`)).labels).toEqual([]);
    expect(here.bot.lines.some(({ kind, msg }) => kind === 'check' && msg === 'job nothing')).toBe(
      true,
    );
  });

  it('that are wrong are pointed at, with what there is', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { number } = await pullRequest(here);
    await here.alice.comment(
      number,
      '/rebuild nov 2025.2\n/rebild nova 2025.2\n/rebuild nova 2025.9\n',
    );
    await settle(here);
    const [reply = ''] = await saidOn(here, number);
    expect(reply).toContain('/rebuild nov 2025.2\n         ^^^\nthere is no component nov here');
    expect(reply).toContain('Did you mean `nova`?');
    expect(reply).toContain('`keystone`, `nova`');
    expect(reply).toContain('Did you mean `/rebuild`?');
    expect(reply).toContain('Series here: `2025.1`, `2025.2`.');
    expect(await reactionsOn(here, number)).toEqual(['eyes confused']);
    expect(here.runs).toEqual([]);
  });

  it('are limited, and the rest is told so once', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { number } = await pullRequest(here);
    await here.alice.comment(number, '/status\n'.repeat(500));
    await settle(here);
    const [reply = ''] = await saidOn(here, number);
    expect(reply.match(/🚀/g)).toHaveLength(5);
    expect(reply.match(/😕/g)).toHaveLength(1);
    expect(reply).toContain('A comment may have 5 commands, and this one has 500');
  });

  it('of an hour are limited, with the time of the next one', async () => {
    const policy = { '.github/pinwheel.yml': 'limits:\n  commandsPerHour: 2\n' };
    const here = await buildScene({
      databaseUrl: used.url,
      files: { ...smallRepository, ...policy },
    });
    const { number } = await pullRequest(here);
    await here.alice.comment(number, '/status\n/plan\n/help');
    await settle(here);
    const [reply = ''] = await saidOn(here, number);
    expect(reply).toMatch(
      /2 commands an hour are taken of you.* from \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ on/,
    );
  });
});

describe('a comment', { timeout: 90_000 }, () => {
  it('that is edited asks for what is new in it, and for nothing that cannot be taken back', async () => {
    const here = await buildScene({ databaseUrl: used.url, script: () => ({ seconds: Infinity }) });
    const { number, head } = await pullRequest(here);
    const id = await here.alice.comment(number, '/rebuild nova 2025.2');
    await settle(here);
    expect(here.runs).toHaveLength(1);
    await here.alice.editComment(id, '/rebuild nova 2025.2\n/status\n/cancel');
    await settle(here);
    expect(here.runs).toHaveLength(1);
    const said = await saidOn(here, number);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('🚀 `/status`');
    expect(said[0]).toContain('/cancel is not taken from an edited comment');
    expect(await imagesCheckOf(here, head)).toMatchObject({ status: 'in_progress' });

    await here.alice.comment(number, '/cancel');
    await settle(here);
    expect(await imagesCheckOf(here, head)).toMatchObject({
      conclusion: 'cancelled',
      output: { title: '1 cancelled' },
    });
    expect((await saidOn(here, number))[1]).toContain('🚀 `/cancel`');
  });

  it('of somebody who may not is told what it would take, and no names', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { number } = await pullRequest(here);
    here.github.addUser('mallory');
    await here.github.as('mallory').comment(number, '/rebuild secret 2025.2');
    await settle(here);
    const [reply = ''] = await saidOn(here, number);
    expect(reply).toMatch(/\/rebuild needs the role write, and yours is \w+/);
    expect(reply).not.toContain('keystone');
    expect(here.runs).toEqual([]);
  });

  it('without commands, in quotes and in code is left alone', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const { number } = await pullRequest(here);
    await here.alice.comment(
      number,
      '> /rebuild nova 2025.2\n\n`/check`\n\n```\n/update\n```\nsee /etc/nova\n',
    );
    await settle(here);
    expect(await saidOn(here, number)).toEqual([]);
    expect(await reactionsOn(here, number)).toEqual(['']);
  });

  it('on an issue is about the default branch, and what it builds is published', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    const number = await here.alice.openIssue({ title: 'A hole in OpenSSL' });
    await here.alice.comment(number, '/rebuild all 2025.2\n/hold');
    await settle(here);
    expect(here.runs).toHaveLength(1);
    expect(here.runs[0]?.inputs).toMatchObject({ publish: 'true' });
    const [reply = ''] = await saidOn(here, number);
    expect(reply).toContain('/hold is about a pull request, and this is an issue');
    expect(reply).toContain('🚀 `/rebuild all 2025.2`');
  });

  it('asks for the failed ones, and for another try of the same jobs', async () => {
    let isMended = false;
    const here = await buildScene({
      databaseUrl: used.url,
      script: (name) =>
        name === 'nova/2025.2' && !isMended ? { conclusion: 'failure', log: 'x\n' } : undefined,
    });
    const { number, head } = await pullRequest(here);
    await here.alice.comment(number, '/rebuild nova all');
    await settle(here);
    expect(await reactionsOn(here, number)).toEqual(['eyes confused']);
    // GitHub did nothing, and does not want to: that its answer was lost makes it no better.
    const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs';
    here.github.faults.plant({ on: route, fault: '502 before', times: 1 });
    const mend = here.github.faults.plant({ on: route, fault: '403 before', times: 1000 });
    await here.alice.comment(number, '/retry');
    await settle(here);
    expect((await saidOn(here, number)).at(-1)).toContain('😕 `/retry`');
    mend();
    isMended = true;
    // GitHub did it, and its answer was lost: what asks once more is not told that there was nothing to do.
    here.github.faults.plant({ on: route, fault: '502 after', times: 1 });
    await here.alice.comment(number, '/retry');
    await settle(here);
    expect((await saidOn(here, number)).at(-1)).toContain('🚀 `/retry`');
    expect(here.runs.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await imagesCheckOf(here, head)).toMatchObject({
      conclusion: 'success',
      output: { title: '2 built' },
    });
    await here.alice.comment(number, '/rebuild failed');
    await settle(here);
    expect((await saidOn(here, number)).at(-1)).toContain('Nothing is red for this commit.');
  });
});

describe('a commit of a fork', { timeout: 90_000 }, () => {
  it('is built for the very commit that somebody who may write has named, and never published', async () => {
    const here = await buildScene({ databaseUrl: used.url });
    here.github.addUser('mallory');
    const fork = await here.github.as('mallory', 'acme/images').fork();
    const files = {
      'images/nova/Dockerfile': `${smallRepository['images/nova/Dockerfile'] ?? ''}# x\n`,
    };
    const mine = here.github.as('mallory', fork);
    const head = await mine.push({ branch: 'topic', files, message: 'Change' });
    const number = await here.github
      .as('mallory', 'acme/images')
      .openPullRequest({ title: 'Change', head: 'mallory:topic' });
    await settle(here);
    expect(here.runs).toEqual([]);
    expect(await imagesCheckOf(here, head)).toMatchObject({ conclusion: 'action_required' });

    await here.github.as('mallory', 'acme/images').comment(number, `/ok-to-build ${head}`);
    await here.alice.comment(number, `/ok-to-build ${'0'.repeat(40)}\n/rebuild nova 2025.2`);
    await settle(here);
    expect(here.runs).toEqual([]);

    await here.alice.comment(number, `/ok-to-build ${head}`);
    await settle(here);
    expect(here.runs).toHaveLength(1);
    expect(here.runs[0]?.inputs).toMatchObject({ commit: head, publish: 'false' });
    expect(await imagesCheckOf(here, head)).toMatchObject({ conclusion: 'success' });

    const next = await mine.push({
      branch: 'topic',
      files: { 'images/nova/x': 'y' },
      message: 'More',
    });
    await settle(here);
    expect(here.runs).toHaveLength(1);
    expect(await imagesCheckOf(here, next)).toMatchObject({ conclusion: 'action_required' });
  });
});
