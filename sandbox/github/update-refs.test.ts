import { describe, expect, it } from 'vitest';
import { expectNoViolations, here, pins, proposeChange, testWorld } from './test-world.ts';

const mutation = `mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }`;
const zero = '0'.repeat(40);

/** A world with the commits of main and of a topic, and the mutation in short. */
async function scene() {
  const { github, octokit } = await testWorld();
  const { sha: topic } = await proposeChange(octokit, 'topic', 'nova: "32.1.0"\n');
  const { data } = await octokit.repos.get(here);
  async function head(branch: string): Promise<string | undefined> {
    const found = await octokit.git.listMatchingRefs({ ...here, ref: `heads/${branch}` });
    return found.data[0]?.object.sha;
  }
  function update(...updates: readonly [name: string, before: string, after: string][]) {
    const refUpdates = updates.map(([name, beforeOid, afterOid]) => ({
      ...{ name: `refs/heads/${name}`, beforeOid, afterOid, force: true },
    }));
    return octokit.graphql(mutation, { input: { repositoryId: data.node_id, refUpdates } });
  }
  return { github, octokit, topic, main: (await head('main')) ?? '', head, update };
}

describe('updateRefs', () => {
  it('makes, moves and deletes refs that are where the caller saw them', async () => {
    const { github, topic, main, head, update } = await scene();
    await update(['bot/a', zero, main], ['bot/b', zero, topic]);
    expect([await head('bot/a'), await head('bot/b')]).toEqual([main, topic]);
    await update(['bot/a', main, topic], ['bot/b', topic, main]);
    expect([await head('bot/a'), await head('bot/b')]).toEqual([topic, main]);
    await update(['bot/a', topic, zero], ['bot/b', main, zero]);
    expect([await head('bot/a'), await head('bot/b')]).toEqual([undefined, undefined]);
    expectNoViolations(github);
  });

  it('moves none of them where one is elsewhere, and says which', async () => {
    const { topic, main, head, update } = await scene();
    const moved = update(['new', zero, main], ['topic', main, zero]);
    await expect(moved).rejects.toThrow(/cannot lock ref 'refs\/heads\/topic': is at/);
    expect([await head('new'), await head('topic')]).toEqual([undefined, topic]);
    await expect(update(['topic', zero, main])).rejects.toThrow(/cannot lock ref/);
    await expect(update(['gone', topic, main])).rejects.toThrow(/is at 0{40} but expected/);
  });

  it('refuses what is no commit, no name, in the way or protected', async () => {
    const { github, topic, main, update } = await scene();
    await expect(update(['x', zero, 'f'.repeat(40)])).rejects.toThrow(/Object does not exist/);
    await expect(update(['a..b', zero, main])).rejects.toThrow(/not a valid ref name/);
    await expect(update(['topic/x', zero, main])).rejects.toThrow(/'refs\/heads\/topic' exists/);
    await github.as('alice').protect({ pattern: 'main' });
    await expect(update(['main', main, topic])).rejects.toThrow(/through a pull request/);
  });

  it('goes forward alone where nobody forces it, and closes what loses its branch', async () => {
    const { github, octokit, topic, main, update } = await scene();
    const { data } = await octokit.repos.get(here);
    const back = { name: 'refs/heads/topic', beforeOid: topic, afterOid: main };
    const input = { repositoryId: data.node_id, refUpdates: [back] };
    await expect(octokit.graphql(mutation, { input })).rejects.toThrow(/fast forward/);
    const pull = await octokit.pulls.create({ ...here, base: 'main', head: 'topic', title: pins });
    await update(['topic', topic, zero]);
    const { data: after } = await octokit.pulls.get({ ...here, pull_number: pull.data.number });
    expect(after.state).toBe('closed');
    expectNoViolations(github);
  });
});
