import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewCommit } from '../../../sandbox/fast-import.ts';
import { serveGit } from '../../../sandbox/git-http.ts';
import type { GitServer, GitServerOptions } from '../../../sandbox/git-http.ts';
import { runGit } from '../../../sandbox/git.ts';
import { makeScene, originsOf, questionOf, text } from '../../../test/support/line-scenes.ts';
import type { LineScene, LineStory } from '../../../test/support/line-scenes.ts';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import { createPatchTrials } from './patch-trial.ts';

const base: NewCommit = { message: 'Base', label: 'base', files: { f: text(), g: 'g\n' } };

const clash: LineStory = {
  master: [base, { message: 'Edit', files: { f: text({ 15: 'x' }) } }],
  patch: { f: text({ 15: 'mine' }) },
};

describe('what cannot be told', () => {
  it('is told as such: the base is unknown', async () => {
    const scene = await makeScene(clash);
    const lost = Buffer.from(scene.patch.bytes)
      .toString()
      .replace(/^index [0-9a-f]{7}/m, 'index 1234567');
    const found = await originsOf({ ...scene, patch: readTrialPatch(Buffer.from(lost)) });
    expect(found).toMatchObject({
      places: [{ origin: { cause: 'base-unknown', commits: [] } }],
      preImages: [],
    });
  });

  it('is left to earlier patches where upstream did not change the lines', async () => {
    const scene = await makeScene({
      master: [base, { message: 'Far', files: { f: text({ 2: 'x' }) } }],
      patch: { f: text({ 15: 'mine' }), n: 'mine\n' },
    });
    const found = await originsOf(scene);
    expect(found?.places.map(({ path, origin }) => [path, origin.cause])).toEqual([
      ['f', 'queue'],
      ['n', 'queue'],
    ]);
  });

  it('is no failure: no time, no server', async () => {
    const scene = await makeScene(clash);
    const { dir, target } = scene;
    const questions = [questionOf(scene)];
    const late = createPatchTrials({ cacheDir: join(dir, 'late'), deadlineMs: 1 });
    expect(await late.origins({ target, questions })).toEqual([undefined]);
    const trials = createPatchTrials({ cacheDir: join(dir, 'cache'), deadlineMs: 20_000 });
    const nowhere = { ...target, url: `${target.url}-nowhere` };
    expect(await trials.origins({ target: nowhere, questions })).toEqual([undefined]);
  });
});

describe('asking for origins', () => {
  it('takes as many requests for ten commits as for two, and none when it is remembered', async () => {
    const [few, many] = [await requestsFor(2), await requestsFor(10)];
    expect(few.commits).toEqual([2, 2]);
    expect(many.commits).toEqual([10, 10]);
    expect(many.requests).toBe(few.requests);
    expect(many.requestsAgain).toBe(0);
  });

  it('is possible where the server gives neither filters nor ids', async () => {
    const scene = await makeScene(clash);
    const git = ['-C', join(scene.dir, 'upstream'), 'config'];
    await runGit([...git, 'uploadpack.allowFilter', 'false']);
    await runGit([...git, 'uploadpack.allowAnySHA1InWant', 'false']);
    const server = await serve(scene, { onlyVersion0: true });
    const target = { ...scene.target, url: `${server.url}/upstream` };
    const found = await originsOf({ ...scene, target });
    expect(found?.places[0]?.origin.commits.map(({ subject }) => subject)).toEqual(['Edit']);
  });
});

/** What it takes to find out about two files that both changed in some commits. */
async function requestsFor(count: number) {
  const edits = Array.from({ length: count }, (_, index) => ({
    message: `Edit ${index}`,
    label: `e${index}`,
    files: { f: text({ 15: `${index}` }), h: text({ 1: 'h', 14: `${index} too` }) },
  }));
  const scene = await makeScene({
    master: [{ ...base, files: { f: text(), h: text({ 1: 'h' }) } }, ...edits],
    tags: [{ name: '1.0.0', target: `e${count - 1}` }],
    patch: { f: text({ 15: 'mine' }), h: text({ 1: 'h', 15: 'mine' }) },
  });
  const server = await serve(scene);
  const there = { ...scene, target: { ...scene.target, url: `${server.url}/upstream` } };
  const found = await originsOf(there);
  expect(found?.preImages).toHaveLength(2);
  const requests = server.requests.length;
  expect(await originsOf(there)).toEqual(found);
  const requestsAgain = server.requests.length - requests;
  const commits = (found?.places ?? []).map(({ origin }) => origin.commits.length);
  return { commits, requests, requestsAgain };
}

async function serve({ dir }: LineScene, options?: GitServerOptions): Promise<GitServer> {
  const server = await serveGit(dir, options);
  onTestFinished(() => server.close());
  return server;
}
