import nock from 'nock';
import { describe, expect, it } from 'vitest';
import { failureOf, githubCom, home, useNock } from '../../../test/support/nocked-github.ts';
import { RetryLater, WorldError } from '../../core/model/failures.ts';
import { createClient } from './client.ts';
import { wordedGraphql } from './failure.ts';

useNock();

const now = 1_800_000_000_000;
const octokit = createClient({ apiUrl: githubCom, auth: {}, now: () => now });

function wordsOf(failure: Error): string {
  if (!(failure instanceof WorldError)) throw failure;
  const { message, remedy } = failure;
  expect(`${message}; ${remedy}`).not.toMatch(/[\r\n]|\.$/);
  return `${message}; ${remedy}`;
}

describe('what GitHub refuses is one line with a remedy', () => {
  it.each<[number, string | object, string]>([
    [
      401,
      { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' },
      '401 Bad credentials; see that the App is still installed',
    ],
    [
      403,
      { message: 'Repository was archived so is read-only.' },
      '403 Repository was archived so is read-only; see that the installation grants what app.yml asks for',
    ],
    [404, { message: 'Not Found' }, '404 Not Found; see that the App is installed'],
    [409, { message: 'Git Repository is empty.' }, '409 Git Repository is empty; wait: somebody'],
    [
      422,
      {
        message: 'Validation Failed',
        errors: [
          { resource: 'PullRequest', code: 'custom', message: 'No commits between a and b' },
        ],
        documentation_url: 'https://docs.github.com/rest/pulls',
      },
      '422 Validation Failed: No commits between a and b; see the rules of the branch',
    ],
    [
      422,
      { message: 'Sorry', errors: [{ field: 'sha', code: 'missing' }] },
      '422 Sorry: sha missing',
    ],
    [422, { message: 'Sorry', errors: ['too long', 'too late'] }, '422 Sorry: too long, too late'],
    [500, 'line 1\nline 2', '500 Internal Server Error; try again later'],
    [502, '<html>\n<title>Unicorn!</title>', '502 Bad Gateway; try again later'],
    [503, '', '503 Service Unavailable; try again later'],
  ])('%i %j', async (status, body, words) => {
    nock(githubCom).get('/repos/acme/images?token=secret').reply(status, body);
    const failure = await failureOf(
      octokit.request('GET /repos/{owner}/{repo}', { ...home, token: 'secret' }),
    );
    expect(wordsOf(failure)).toContain(`GitHub: GET /repos/acme/images: ${words}`);
  });

  it.each([
    ['body is too long (maximum is 65536 characters)', true],
    ['was submitted too quickly', false],
    ["Could not resolve to a node with the global id of 'I_kwDO'.", false],
  ])('%s: refused for good is %s', async (message, refused) => {
    const errors = [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message }];
    nock(githubCom).get('/repos/acme/images').reply(422, { message: 'Validation Failed', errors });
    const failure = await failureOf(octokit.request('GET /repos/{owner}/{repo}', home));
    expect(failure).toMatchObject({ refused });
  });

  it('no answer is no status', async () => {
    nock(githubCom).get('/app').replyWithError('connect ECONNREFUSED 10.0.0.1:443');
    expect(wordsOf(await failureOf(octokit.request('GET /app')))).toBe(
      'GitHub: GET /app: no answer: connect ECONNREFUSED 10.0.0.1:443; see that GitHub can be reached from here',
    );
  });
});

describe('what GraphQL refuses within a good answer', () => {
  async function refused(errors: unknown, headers: Record<string, string> = {}): Promise<Error> {
    nock(githubCom).post('/graphql').reply(200, { data: null, errors }, headers);
    const failure = await failureOf(octokit.graphql('mutation { x }'));
    return wordedGraphql(failure, now) as Error;
  }

  it('is one line', async () => {
    const type = 'UNPROCESSABLE';
    const errors = [{ type, message: 'Protected branch rules.\nnot satisfied.' }, { message: 'x' }];
    expect(wordsOf(await refused(errors))).toBe(
      'GitHub: GraphQL: Protected branch rules; see the rules of the branch and of the repository',
    );
  });

  const usedUp = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000600' };
  const hourly = { type: 'RATE_LIMITED', message: 'API rate limit exceeded' };
  const short = { type: 'FORBIDDEN', message: 'You have exceeded a secondary rate limit' };

  it.each([
    { error: hourly, headers: usedUp, wait: 600_000 },
    { error: hourly, headers: {}, wait: 60_000 },
    { error: short, headers: { 'retry-after': '30' }, wait: 30_000 },
    { error: short, headers: {}, wait: 60_000 },
  ])('is a limit: $error.type $headers', async ({ error, headers, wait }) => {
    expect(await refused([error], headers)).toEqual(
      new RetryLater('GitHub: GraphQL: rate limit', now + wait),
    );
  });
});
