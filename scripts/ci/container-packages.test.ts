import nock from 'nock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPackages } from './container-packages.ts';

const apiUrl = 'https://api.github.example';
const access = { apiUrl, token: 'secret', repository: 'Acme/Images' };
const digest = `sha256:${'1'.repeat(64)}`;

beforeEach(() => {
  nock.disableNetConnect();
});
afterEach(() => {
  nock.cleanAll();
});

function github(type: 'Organization' | 'User' = 'Organization') {
  const repository = { default_branch: 'main', owner: { type } };
  return nock(apiUrl).get('/repos/Acme/Images').reply(200, repository);
}

test.each([
  ['Organization', 'orgs'],
  ['User', 'users'],
] as const)('of the packages of %s all pages are listed', async (type, path) => {
  const versions = `/${path}/Acme/packages/container/images%2Fnova/versions`;
  const version = { name: digest, created_at: '2026-11-22T00:00:00Z' };
  const tags = { metadata: { container: { tags: ['2026.1'] } } };
  const next = `<${apiUrl}${versions}?per_page=100&page=2>; rel="next"`;
  github(type)
    .get(`${versions}?per_page=100`)
    .reply(200, [{ id: 1, ...version, ...tags }], { link: next })
    .get(`${versions}?per_page=100&page=2`)
    .reply(200, [{ id: 2, ...version }]);
  const one = { digest, created: version.created_at };
  expect(await (await openPackages(access)).list('nova')).toEqual([
    { id: 1, ...one, tags: ['2026.1'] },
    { id: 2, ...one, tags: [] },
  ]);
});

test('an image that was never published has no list, and what has gone is gone', async () => {
  const versions = '/orgs/Acme/packages/container/images%2Fnova/versions';
  const missing = { message: 'Package not found.' };
  github()
    .get(`${versions}?per_page=100`)
    .reply(404, missing)
    .delete(`${versions}/7`)
    .reply(404, missing)
    .delete(`${versions}/8`)
    .reply(400, { message: 'You cannot delete the last tagged version of a package.' });
  const packages = await openPackages(access);
  expect(await packages.list('nova')).toBeUndefined();
  await packages.remove('nova', 7);
  await expect(packages.remove('nova', 8)).rejects.toThrow('last tagged version');
});

test('series are those of the default branch and of stable ones', async () => {
  const [older, newer] = ['2024.1', '2026.1'].map((name) => ({ type: 'dir', name }));
  github()
    .get('/repos/Acme/Images/branches?per_page=100')
    .reply(200, [
      { name: 'main' },
      { name: 'stable/old' },
      { name: 'stable/docs' },
      { name: 'topic' },
    ])
    .get('/repos/Acme/Images/contents/releases?ref=main')
    .reply(200, [newer, { type: 'file', name: 'README.md' }])
    .get('/repos/Acme/Images/contents/releases?ref=stable%2Fold')
    .reply(200, [older, newer])
    .get('/repos/Acme/Images/contents/releases?ref=stable%2Fdocs')
    .reply(404, { message: 'Not Found' });
  expect(await (await openPackages(access)).series()).toEqual(['2024.1', '2026.1']);
});

test('builds that wait count as well as those that run', async () => {
  const scope = github();
  for (const [status, count] of Object.entries({ queued: 1, in_progress: 2, waiting: 0 })) {
    const runs = '/repos/Acme/Images/actions/workflows/build-images.yaml/runs';
    scope.get(`${runs}?status=${status}&per_page=1`).reply(200, { total_count: count });
  }
  scope.get(/status=pending/).reply(200, { total_count: 0 });
  expect(await (await openPackages(access)).unfinishedBuilds()).toBe(3);
});
