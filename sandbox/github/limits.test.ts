import { describe, expect, it } from 'vitest';
import { manualClock } from './state/clock.ts';
import { appClient, expectNoViolations, here, testWorld, tokenClient } from './test-world.ts';

async function headersOf(request: Promise<{ headers: object; status: number }>) {
  const { headers, status } = await request.catch(
    (error: unknown) => (error as { response: { headers: object; status: number } }).response,
  );
  const of = headers as Record<string, string>;
  return { status, remaining: of['x-ratelimit-remaining'], reset: of['x-ratelimit-reset'], of };
}

describe('the primary limit', () => {
  it('counts requests of an installation, and starts anew each hour', async () => {
    const clock = manualClock('2026-01-05T08:00:00Z');
    const { github, octokit } = await testWorld({ clock, limits: { requestsPerHour: 2 } });
    expect(await headersOf(octokit.repos.get(here))).toMatchObject({ status: 200, remaining: '1' });
    const second = await headersOf(octokit.repos.get(here));
    expect(second).toMatchObject({ status: 200, remaining: '0', reset: '1767603600' });
    const third = await headersOf(octokit.repos.get(here));
    expect(third).toMatchObject({ status: 403, remaining: '0' });
    expect(third.of['retry-after']).toBeUndefined();
    // As long as a token lives, another one is the same installation.
    clock.advance(3_600_000);
    const { token } = github.as('alice');
    expect((await headersOf(tokenClient(github, token).repos.get(here))).status).toBe(200);
    expectNoViolations(github);
  });

  it('does not count what has not changed; validators are those of one token', async () => {
    const { github, app, installation, octokit } = await testWorld();
    const first = await octokit.repos.get(here);
    const condition = { headers: { 'if-none-match': first.headers.etag ?? '' } };
    const again = await headersOf(octokit.repos.get({ ...here, ...condition }));
    expect(again.status).toBe(304);
    expect(again.remaining).toBe(first.headers['x-ratelimit-remaining']);
    const other = appClient(github, app, installation);
    const { status } = await other.repos.get({ ...here, ...condition });
    expect(status).toBe(200);
    expectNoViolations(github);
  });
});

describe('the secondary limit', () => {
  it('is so many writes of content a minute, of which blobs and trees are none', async () => {
    const clock = manualClock('2026-01-05T08:00:00Z');
    const { github, octokit } = await testWorld({ clock, limits: { contentPerMinute: 2 } });
    const write = { ...here, title: 'x' };
    for (let count = 0; count < 5; count += 1) {
      await octokit.git.createBlob({ ...here, content: `${count}` });
    }
    await octokit.issues.create(write);
    await octokit.issues.create(write);
    const third = await headersOf(octokit.issues.create(write));
    expect(third).toMatchObject({ status: 403 });
    expect(third.of['retry-after']).toBe('60');
    expect((await octokit.repos.get(here)).status).toBe(200);
    clock.advance(60_000);
    expect((await octokit.issues.create(write)).status).toBe(201);
    expectNoViolations(github);
  });

  it('is points a minute, a write five times a read', async () => {
    const clock = manualClock('2026-01-05T08:00:00Z');
    const { octokit } = await testWorld({ clock, limits: { pointsPerMinute: 6 } });
    await octokit.repos.get(here);
    await octokit.issues.create({ ...here, title: 'x' });
    expect((await headersOf(octokit.repos.get(here))).status).toBe(403);
  });

  it('is the same for all tokens of an installation, and another one for the App itself', async () => {
    const { github, app, installation } = await testWorld({ limits: { contentPerMinute: 1 } });
    const one = appClient(github, app, installation);
    const two = appClient(github, app, installation);
    await one.issues.create({ ...here, title: 'x' });
    expect((await headersOf(two.issues.create({ ...here, title: 'x' }))).status).toBe(403);
    expect((await appClient(github, app).apps.getAuthenticated()).status).toBe(200);
  });

  it('can be done without', async () => {
    const { octokit } = await testWorld({ limits: 'none' });
    for (let count = 0; count < 100; count += 1) {
      await octokit.issues.create({ ...here, title: 'x' });
    }
    const { data } = await octokit.rateLimit.get();
    expect(data.resources.core.limit).toBe(5000);
  });
});
