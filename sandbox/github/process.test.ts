import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, it, onTestFinished } from 'vitest';
import { startGitHubProcess } from './process.ts';

it('is a process of its own, furnished and peopled from here', async () => {
  const github = await startGitHubProcess({ limits: 'none' });
  try {
    await github.setup.addRepository({
      ...{ name: 'acme/images', files: { 'a.txt': 'a\n' }, people: { alice: 'admin' } },
    });
    const app = await github.setup.addApp({ name: 'Pinwheel', permissions: {}, events: [] });
    const installation = await github.setup.install(app, 'acme');
    await github.setup.suspend(installation);
    const alice = github.as('alice');
    await alice.push({ branch: 'topic', files: { 'a.txt': 'b\n' }, message: 'B' });
    const number = await alice.openPullRequest({ title: 'B', head: 'topic' });
    expect(await alice.gitUrl()).toContain(await alice.token());
    await expect(alice.comment(99, 'x')).rejects.toThrow(/no issue 99/);
    await github.faults.plant({ on: 'GET *', fault: '502 before' });
    const path = `/repos/acme/images/pulls/${number}`;
    expect((await fetch(github.apiUrl + path)).status).toBe(502);
    expect(await (await fetch(github.apiUrl + path)).json()).toMatchObject({ title: 'B' });
    expect(await github.faults.summary()).toBe('502 before × 1');
    await github.settled();
    expect(await github.violations()).toEqual([]);
  } finally {
    await github.stop();
  }
  await expect(fetch(github.url)).rejects.toThrow();
});

it('is stopped where somebody killed it', async () => {
  const begun: ChildProcess[] = [];
  function note(told: unknown): void {
    begun.push((told as { readonly process: ChildProcess }).process);
  }
  subscribe('child_process', note);
  onTestFinished(() => void unsubscribe('child_process', note));
  const github = await startGitHubProcess({ limits: 'none' });
  begun.at(-1)?.kill('SIGKILL');
  await expect(github.settled()).rejects.toThrow('the small GitHub ended');
  await github.stop();
});
