import nock from 'nock';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  failureOf,
  githubCom,
  installed,
  nockedApp,
  nockedRepository,
  useNock,
} from '../../../test/support/nocked-github.ts';

useNock();

const tokens = '/app/installations/7/access_tokens';
const facts = {
  owner: { login: 'acme' },
  name: 'images',
  default_branch: 'main',
  archived: false,
  node_id: 'R_1',
};
const known = { owner: 'acme', name: 'images', defaultBranch: 'main', archived: false };

function granted(token: string): object {
  return { token, expires_at: new Date(Date.now() + 3_600_000).toISOString(), permissions: {} };
}

interface Claims {
  readonly iss: number;
  readonly iat: number;
  readonly exp: number;
}

function claimsOf(authorization: string | null): Claims {
  const [, body = ''] = (authorization ?? '').split('.');
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims;
}

describe('the token of a job', () => {
  it('opens one repository, and only what app.yml asks for; the next job gets its own', async () => {
    const app = nockedApp();
    for (const token of ['ghs_a', 'ghs_b']) {
      nock(githubCom, { reqheaders: { authorization: /^bearer ey/ } })
        .post(tokens, {
          repositories: ['images'],
          permissions: {
            metadata: 'read',
            contents: 'write',
            pull_requests: 'write',
            issues: 'write',
            checks: 'write',
          },
        })
        .reply(201, granted(token));
      const headers = { authorization: `token ${token}`, 'x-github-api-version': '2026-03-10' };
      nock(githubCom, { reqheaders: headers }).get('/repos/acme/images').times(2).reply(200, facts);
      const job = app.repository(installed);
      expect(await job.facts()).toEqual(known);
      expect(await job.facts()).toEqual(known);
      expect(await job.gitUrl()).toBe(`https://x-access-token:${token}@github.com/acme/images.git`);
    }
  });

  it('is asked for by a write, too, though that one has the lane of writes', async () => {
    const repository = nockedRepository();
    nock(githubCom).patch('/repos/acme/images/pulls/3', { state: 'closed' }).reply(200, {});
    await repository.pulls.close(3);
  });

  it('is renewed before it ends', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const job = nockedApp().repository(installed);
    nock(githubCom).post(tokens).reply(201, granted('ghs_a'));
    nock(githubCom).post(tokens).reply(201, granted('ghs_b'));
    nock(githubCom).get('/repos/acme/images').times(3).reply(200, facts);
    const used: string[] = [];
    for (const minutes of [0, 58, 1.1]) {
      vi.setSystemTime(Date.now() + minutes * 60_000);
      await job.facts();
      used.push((await job.gitUrl()).split(/[:@]/)[2] ?? '');
    }
    expect(used).toEqual(['ghs_a', 'ghs_a', 'ghs_b']);
  });

  it('is tried again where GitHub does not know it yet', async () => {
    const repository = nockedRepository();
    nock(githubCom).get('/repos/acme/images').reply(401, { message: 'Bad credentials' });
    nock(githubCom).get('/repos/acme/images').reply(200, facts);
    expect(await repository.facts()).toEqual(known);
  });

  it.each([
    [404, 'Not Found'],
    [
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    ],
  ])('is refused (%i) where the App is not installed any more', async (status, message) => {
    nock(githubCom).post(tokens).times(2).reply(status, { message });
    const repository = nockedApp().repository(installed);
    expect(await repository.facts()).toBeUndefined();
    expect((await failureOf(repository.branchNames())).message).toBe(
      'the App is not installed on the repository images any more (installation 7)',
    );
  });

  it('is refused where nobody agreed to new permissions', async () => {
    const message = 'The permissions requested are not granted to this installation.';
    nock(githubCom).post(tokens).reply(422, { message });
    expect(await failureOf(nockedApp().repository(installed).facts())).toMatchObject({
      message: 'the installation 7 does not grant what the App asks for',
      remedy: "have its owner accept the App's new permissions",
    });
  });
});

describe('the App itself', () => {
  it('says who it is with a short JWT, once', async () => {
    let claims: Claims | undefined;
    nock(githubCom)
      .get('/app')
      .matchHeader('authorization', (value) => (claims = claimsOf(value)).iss === 12)
      .reply(200, { slug: 'pinwheel' });
    const app = nockedApp();
    expect([await app.account(), await app.account()]).toEqual(['pinwheel[bot]', 'pinwheel[bot]']);
    expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).toBeLessThanOrEqual(600);
  });

  it('asks again who it is after a failure', async () => {
    nock(githubCom).get('/app').reply(502).get('/app').reply(200, { slug: 'pinwheel' });
    const app = nockedApp();
    await expect(app.account()).rejects.toThrow('502');
    expect(await app.account()).toBe('pinwheel[bot]');
  });

  it('takes the clock of GitHub where its own is wrong', async () => {
    const message =
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    const date = new Date(Date.now() - 600_000);
    let claims: Claims | undefined;
    nock(githubCom).get('/app').reply(401, { message }, { date: date.toUTCString() });
    nock(githubCom)
      .get('/app')
      .matchHeader('authorization', (value) => (claims = claimsOf(value)).iat > 0)
      .reply(200, { slug: 'pinwheel' });
    await nockedApp().account();
    expect(claims?.iat).toBeLessThan(date.getTime() / 1000);
  });

  it('says with a remedy that the key is not its own', async () => {
    nock(githubCom).get('/app').reply(401, { message: 'A JSON web token could not be decoded' });
    expect(await failureOf(nockedApp().account())).toMatchObject({
      remedy: expect.stringContaining('id and private key belong together') as string,
    });
  });

  it('is installed on what is neither suspended, archived nor gone', async () => {
    const installations = [
      { id: 7, suspended_at: null },
      { id: 8, suspended_at: '2026-01-01T00:00:00Z' },
      { id: 9, suspended_at: null },
    ];
    nock(githubCom).get('/app/installations?per_page=100').reply(200, installations);
    nock(githubCom)
      .post(tokens, { permissions: { metadata: 'read' } })
      .reply(201, granted('a'));
    nock(githubCom).post('/app/installations/9/access_tokens').reply(404, { message: 'Not Found' });
    const [first, second] = ['a', 'b'].map((name) => ({ ...facts, name }));
    const next = `<${githubCom}/installation/repositories?per_page=100&page=2>; rel="next"`;
    nock(githubCom)
      .get('/installation/repositories?per_page=100')
      .reply(200, { total_count: 3, repositories: [first] }, { link: next })
      .get('/installation/repositories?per_page=100&page=2')
      .reply(200, { total_count: 3, repositories: [{ ...facts, archived: true }, second] });
    expect(await nockedApp().repositories()).toEqual([
      { installation: 7, owner: 'acme', name: 'a' },
      { installation: 7, owner: 'acme', name: 'b' },
    ]);
  });
});

describe('a GitHub Enterprise server', () => {
  const apiUrl = 'https://git.acme.test/api/v3';
  const options = { apiUrl, webUrl: 'https://git.acme.test' };

  it('is asked at its own addresses, in a version that it knows', async () => {
    const repository = nockedRepository(options);
    const headers = { 'x-github-api-version': '2022-11-28' };
    const to = '1'.repeat(40);
    nock(apiUrl, { reqheaders: headers }).get('/repos/acme/images').reply(200, facts);
    nock('https://git.acme.test', { reqheaders: headers })
      .post('/api/graphql')
      .reply(200, { data: { updateRefs: {} } });
    expect(await repository.branches.move('x', to, undefined)).toBe(true);
    expect(await repository.gitUrl()).toBe(
      'https://x-access-token:ghs_12_x@git.acme.test/acme/images.git',
    );
  });
});
