import { describe, expect, it } from 'vitest';
import { makeFaults } from './faults.ts';
import { expectNoViolations, here, proposeChange, refusal, testWorld } from './test-world.ts';

const opening = { ...here, head: 'topic', base: 'main', title: 'T' };
const on = 'POST /repos/{owner}/{repo}/pulls';

describe('a fault of the API', () => {
  it('after the effect leaves it done, and the client without an answer', async () => {
    const { github, octokit } = await testWorld();
    await proposeChange(octokit, 'topic', 'x\n');
    github.faults.plant({ on, fault: '502 after' });
    expect(await refusal(octokit.pulls.create(opening))).toBe('502 Server Error');
    expect((await octokit.pulls.list(here)).data).toHaveLength(1);
    expect(github.faults.summary()).toBe('502 after × 1');
    expectNoViolations(github);
  });

  it('before the effect does nothing', async () => {
    const { github, octokit } = await testWorld();
    await proposeChange(octokit, 'topic', 'x\n');
    github.faults.plant({ on: 'POST *', fault: '503 before' });
    expect(await refusal(octokit.pulls.create(opening))).toBe('503 Server Error');
    expect((await octokit.pulls.list(here)).data).toEqual([]);
    await octokit.pulls.create(opening);
    expectNoViolations(github);
  });

  it('can cut the connection, before or after', async () => {
    const { github, octokit } = await testWorld();
    await proposeChange(octokit, 'topic', 'x\n');
    github.faults.plant({ on, fault: 'cut before' });
    expect(await refusal(octokit.pulls.create(opening))).toBe('500');
    expect((await octokit.pulls.list(here)).data).toEqual([]);
    github.faults.plant({ on, fault: 'cut after' });
    expect(await refusal(octokit.pulls.create(opening))).toBe('500');
    expect((await octokit.pulls.list(here)).data).toHaveLength(1);
    expectNoViolations(github);
  });

  it('befalls GraphQL, too', async () => {
    const { github, octokit } = await testWorld();
    await proposeChange(octokit, 'topic', 'x\n');
    const { data } = await octokit.pulls.create(opening);
    github.faults.plant({ on: 'POST /graphql', fault: '502 after' });
    const query = `mutation { convertPullRequestToDraft(input: { pullRequestId: "${data.node_id}" }) {
      pullRequest { isDraft }
    } }`;
    expect(await refusal(octokit.graphql(query))).toMatch(/^502/);
    expect((await octokit.pulls.get({ ...here, pull_number: 1 })).data.draft).toBe(true);
    expectNoViolations(github);
  });

  it('can be a secondary limit, or slowness', async () => {
    const { github, octokit } = await testWorld();
    github.faults.plant({ on: '*', fault: 'secondary 7s' });
    const error: unknown = await octokit.repos.get(here).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status: 403, response: { headers: { 'retry-after': '7' } } });
    github.faults.plant({ on: 'GET *', fault: 'slow 80ms' });
    const started = performance.now();
    await octokit.repos.get(here);
    expect(performance.now() - started).toBeGreaterThan(75);
    expectNoViolations(github);
  });
});

describe('planting', () => {
  it('skips, repeats, is taken away, and takes chances by the seed', () => {
    const faults = makeFaults(1);
    faults.plant({ on: 'GET *', fault: '500 before', skip: 1, times: 2 });
    const struck = Array.from({ length: 5 }, () => faults.requestFault('GET /meta'));
    expect(struck).toEqual([undefined, '500 before', '500 before', undefined, undefined]);
    const undo = faults.plant({ on: 'GET /meta', fault: '500 before' });
    undo();
    expect(faults.requestFault('GET /meta')).toBeUndefined();
    function luck(seed: number) {
      const plan = makeFaults(seed);
      plan.plant({ hook: '*', fault: 'lost', chance: 0.3 });
      return Array.from({ length: 200 }, () => plan.hookFault('push', undefined) ?? '-').join();
    }
    expect(luck(1)).toBe(luck(1));
    expect(luck(1)).not.toBe(luck(2));
    expect(luck(1).match(/lost/g)?.length).toBeGreaterThan(30);
  });

  it('fits an operation, a method, an event, an action', () => {
    const faults = makeFaults(1);
    faults.plant({ on: 'PATCH *', fault: '500 after' });
    expect(faults.requestFault('POST /graphql')).toBeUndefined();
    faults.plant({ hook: 'pull_request.closed', fault: 'lost' });
    expect(faults.hookFault('pull_request', 'opened')).toBeUndefined();
    expect(faults.hookFault('pull_request', 'closed')).toBe('lost');
    faults.clear();
    expect(faults.requestFault('PATCH /app/hook/config')).toBeUndefined();
    expect(faults.summary()).toBe('webhook lost × 1');
    expect(makeFaults(1).summary()).toBe('no faults fired');
  });
});
