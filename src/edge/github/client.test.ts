import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { failureOf, githubCom, home, useNock } from '../../../test/support/nocked-github.ts';
import { RetryLater, WorldError } from '../../core/model/failures.ts';
import { createAnswers } from './answers.ts';
import { createClient } from './client.ts';
import type { ClientOptions } from './client.ts';
import { createWriteBudget } from './write-budget.ts';

useNock();

const pulls = '/repos/acme/images/pulls';
const pull = { title: 'Move nova', head: 'x', base: 'main' };
const now = 1_800_000_000_000;
const minute = 60_000;

function client(options: Partial<ClientOptions> = {}) {
  return createClient({ apiUrl: githubCom, auth: {}, now: () => now, ...options });
}

function create(octokit = client()): Promise<unknown> {
  return octokit.rest.pulls.create({ ...home, title: 'Move nova', head: 'x', base: 'main' });
}

describe('a write', () => {
  it.each([500, 502, 503, 504, 429])('is sent once, though the answer is %i', async (status) => {
    let sent = 0;
    nock(githubCom)
      .post(pulls, pull)
      .times(2)
      .optionally()
      .reply(() => [status, { n: (sent += 1) }]);
    await expect(create()).rejects.toThrow();
    expect(sent).toBe(1);
  });

  it('is sent once, though the connection broke', async () => {
    nock(githubCom).post(pulls).replyWithError('socket hang up');
    const failure = await failureOf(create());
    expect(failure).toBeInstanceOf(WorldError);
    expect(failure.message).toBe(
      'GitHub: POST /repos/acme/images/pulls: no answer: socket hang up',
    );
  });

  it('waits for no minute to end: the job is told when to come again', async () => {
    let at = now;
    const octokit = client({ budget: createWriteBudget(() => at, 2) });
    nock(githubCom).post(pulls).times(3).reply(201, {});
    nock(githubCom).get(pulls).reply(200, []);
    await create(octokit);
    at += 1000;
    await create(octokit);
    expect(await failureOf(create(octokit))).toEqual(
      new RetryLater("the minute's writes to GitHub are used up", now + minute),
    );
    await octokit.rest.pulls.list(home);
    at = now + minute;
    await create(octokit);
  });
});

describe('the writes of an installation', () => {
  it('all wait where GitHub told one of them to', async () => {
    let at = now;
    const octokit = client({ budget: createWriteBudget(() => at), now: () => at });
    const headers = { 'retry-after': '60' };
    nock(githubCom).post(pulls).reply(403, { message: 'secondary rate limit' }, headers);
    nock(githubCom).post(pulls).reply(201, {});
    const told = await failureOf(create(octokit));
    expect(told).toBeInstanceOf(RetryLater);
    expect(await failureOf(create(octokit))).toBe(told);
    at += minute;
    await create(octokit);
  });

  it('are no more in an hour than GitHub wants', async () => {
    let at = now;
    const budget = createWriteBudget(() => at, 4);
    for (let n = 0; n < 25; n += 1) {
      at += minute / 4;
      await budget.spend(() => Promise.resolve());
    }
    at += minute;
    const first = now + minute / 4;
    await expect(budget.spend(() => Promise.resolve())).rejects.toEqual(
      new RetryLater("the hour's writes to GitHub are used up", first + 60 * minute),
    );
  });
});

describe('a limit', () => {
  const secondary = 'You have exceeded a secondary rate limit. Please wait a few minutes';
  const hourly = 'API rate limit exceeded for installation ID 7.';

  interface Limited {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly message?: string;
    /** Milliseconds until it is tried again. */
    readonly wait: number;
  }

  function usedUp(seconds: number): Record<string, string> {
    const reset = String(now / 1000 + seconds);
    return { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
  }

  it.each<[string, Limited]>([
    ['says when', { headers: { 'retry-after': '77' }, message: secondary, wait: 77_000 }],
    ['says so with 429', { status: 429, headers: { 'retry-after': '5' }, wait: 5000 }],
    ['says nothing: a minute', { message: secondary, wait: minute }],
    ['is of an older server', { message: 'You have triggered an abuse detection', wait: minute }],
    ['is of the hour', { headers: usedUp(1800), message: hourly, wait: 1_800_000 }],
    ['ended a moment ago: a second', { headers: usedUp(-5), message: hourly, wait: 1000 }],
    ['cannot be read', { status: 429, headers: { 'retry-after': 'soon' }, wait: minute }],
  ])('that %s', async (_, { status = 403, headers = {}, message = 'Too many', wait }) => {
    nock(githubCom).get(pulls).reply(status, { message }, headers);
    const failure = await failureOf(client().rest.pulls.list(home));
    expect(failure).toEqual(
      new RetryLater('GitHub: GET /repos/acme/images/pulls: rate limit', now + wait),
    );
  });

  it('is none where something is only forbidden', async () => {
    const headers = { ...usedUp(1800), 'x-ratelimit-remaining': '4999' };
    const message = 'Resource not accessible by integration';
    nock(githubCom).get(pulls).reply(403, { message }, headers);
    expect(await failureOf(client().rest.pulls.list(home))).toBeInstanceOf(WorldError);
  });

  it('is told of before it is reached', async () => {
    const left: number[] = [];
    nock(githubCom).get(pulls).reply(200, [], { 'x-ratelimit-remaining': '41' });
    await client({ onRequestsLeft: (number) => void left.push(number) }).rest.pulls.list(home);
    expect(left).toEqual([41]);
  });
});

describe('a read that was made before', () => {
  it('asks whether anything changed, and keeps what it had', async () => {
    const octokit = client({ answers: createAnswers() });
    nock(githubCom)
      .get(pulls)
      .reply(200, [{ number: 1 }], { etag: '"a"' });
    nock(githubCom).get(pulls).matchHeader('if-none-match', '"a"').times(2).reply(304);
    const first = await octokit.rest.pulls.list(home);
    expect((await octokit.rest.pulls.list(home)).data).toEqual(first.data);
    expect((await octokit.rest.pulls.list(home)).data).toEqual(first.data);
    nock(githubCom).get(pulls).matchHeader('if-none-match', '"a"').reply(200, [], { etag: '"b"' });
    expect((await octokit.rest.pulls.list(home)).data).toEqual([]);
  });

  it('is another one with other parameters', async () => {
    const octokit = client({ answers: createAnswers() });
    nock(githubCom, { badheaders: ['if-none-match'] })
      .get(pulls)
      .reply(200, [], { etag: '"a"' })
      .get(`${pulls}?state=all`)
      .reply(200, [{ number: 1 }], { etag: '"b"' })
      .get('/repos/acme/other/pulls')
      .reply(200, [], { etag: '"c"' });
    await octokit.rest.pulls.list(home);
    expect((await octokit.rest.pulls.list({ ...home, state: 'all' })).data).toHaveLength(1);
    await octokit.rest.pulls.list({ ...home, repo: 'other' });
  });

  it('is not spoilt by who took the first answer apart', async () => {
    const octokit = client({ answers: createAnswers() });
    const path = '/repos/acme/images/commits/main/check-runs?per_page=100';
    const body = { total_count: 2, check_runs: [{ id: 1 }, { id: 2 }] };
    nock(githubCom).get(path).reply(200, body, { etag: '"a"' });
    nock(githubCom).get(path).times(2).reply(304);
    const asked = { ...home, ref: 'main', per_page: 100 };
    for (let round = 0; round < 3; round += 1) {
      const runs = await octokit.paginate(octokit.rest.checks.listForRef, asked);
      expect(runs.map(({ id }) => id)).toEqual([1, 2]);
    }
  });
});

it('asks nothing any more once nobody waits for the answer', async () => {
  const stop = new AbortController();
  const octokit = client({ signal: stop.signal });
  stop.abort(new Error('the job is over'));
  expect((await failureOf(octokit.rest.pulls.list(home))).message).toBe('the job is over');
  expect((await failureOf(create(octokit))).message).toBe('the job is over');
});
