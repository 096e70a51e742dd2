import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { createSign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { manualClock } from './state/clock.ts';
import type { App } from './state/nouns.ts';
import {
  appClient,
  expectNoViolations,
  here,
  refusal,
  silent,
  testWorld,
  tokenClient,
} from './test-world.ts';

function jwt(app: App, times: { readonly iat: number; readonly exp: number }, alg = 'RS256') {
  const parts = [
    { alg, typ: 'JWT' },
    { ...times, iss: app.id },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signed = parts.join('.');
  const signature = createSign('RSA-SHA256').update(signed).sign(app.privateKey, 'base64url');
  return `${signed}.${signature}`;
}

async function scopedToken(
  world: Awaited<ReturnType<typeof testWorld>>,
  scope: {
    readonly permissions?: Record<string, 'read' | 'write'>;
    readonly repositories?: string[];
  },
) {
  const { github, app, installation } = world;
  const { data } = await appClient(github, app).apps.createInstallationAccessToken({
    installation_id: installation.id,
    ...scope,
  });
  return data.token;
}

describe("an App's JWT", () => {
  it('opens what is about the App, and nothing else', async () => {
    const { github, app, installation } = await testWorld();
    const client = appClient(github, app);
    expect((await client.apps.getAuthenticated()).data).toMatchObject({ slug: 'pinwheel' });
    expect((await client.apps.listInstallations()).data.map(({ id }) => id)).toEqual([
      installation.id,
    ]);
    const found = await client.apps.getRepoInstallation(here);
    expect(found.data.id).toBe(installation.id);
    const token = jwt(app, { iat: Date.now() / 1000 - 30, exp: Date.now() / 1000 + 300 });
    expect(await refusal(tokenClient(github, token).repos.get(here))).toBe(
      '403 Resource not accessible by integration',
    );
    expectNoViolations(github);
  });

  it.each([
    ['too long a life', { iat: -30, exp: 700 }, /^401 .*too far in the future/],
    ['an end in the past', { iat: -700, exp: -100 }, /^401 .*must be a numeric value/],
    ['a start in the future', { iat: 120, exp: 500 }, /^401 .*must be an Integer/],
  ])('is refused for %s', async (_, { iat, exp }, complaint) => {
    const { github, app } = await testWorld();
    const now = Math.floor(Date.now() / 1000);
    const client = tokenClient(github, jwt(app, { iat: now + iat, exp: now + exp }));
    expect(await refusal(client.apps.getAuthenticated())).toMatch(complaint);
  });

  it('is refused with a wrong signature, or of an App that nobody knows', async () => {
    const { github, app } = await testWorld();
    const now = Math.floor(Date.now() / 1000);
    const good = jwt(app, { iat: now, exp: now + 60 });
    const forged = `${good.slice(0, -8)}AAAAAAAA`;
    expect(await refusal(tokenClient(github, forged).apps.getAuthenticated())).toMatch(
      /^401 A JSON/,
    );
    const stranger = jwt({ ...app, id: 1 }, { iat: now, exp: now + 60 });
    expect(await refusal(tokenClient(github, stranger).apps.getAuthenticated())).toMatch(/^404/);
  });

  it('follows the clock of the sandbox, by which octokit corrects itself', async () => {
    const { github, octokit } = await testWorld({ clock: manualClock('2031-05-05T08:00:00Z') });
    expect((await octokit.repos.get(here)).data.full_name).toBe('acme/images');
    expectNoViolations(github);
  });
});

describe('an installation token', () => {
  it('ends after an hour', async () => {
    const clock = manualClock('2026-01-05T08:00:00Z');
    const world = await testWorld({ clock });
    const client = tokenClient(world.github, await scopedToken(world, {}));
    await client.repos.get(here);
    clock.advance(3_599_000);
    await client.repos.get(here);
    clock.advance(1_000);
    expect(await refusal(client.repos.get(here))).toBe('401 Bad credentials');
  });

  it('may no more than it was narrowed to', async () => {
    const world = await testWorld();
    const token = await scopedToken(world, { permissions: { contents: 'read' } });
    const client = tokenClient(world.github, token);
    await client.git.getRef({ ...here, ref: 'heads/main' });
    const write = client.git.createBlob({ ...here, content: 'x' });
    expect(await refusal(write)).toBe('403 Resource not accessible by integration');
    expect(await refusal(client.checks.listForRef({ ...here, ref: 'main' }))).toMatch(/^403/);
    expectNoViolations(world.github);
  });

  it('opens the repositories it was narrowed to; private others are not there', async () => {
    const world = await testWorld();
    await world.github.addRepository({ name: 'acme/secret', private: true, files: { a: '1' } });
    await world.github.addRepository({ name: 'acme/open', files: { a: '1' } });
    const client = tokenClient(
      world.github,
      await scopedToken(world, { repositories: ['images'] }),
    );
    const { data } = await client.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map(({ name }) => name)).toEqual(['images']);
    expect(await refusal(client.repos.get({ owner: 'acme', repo: 'secret' }))).toMatch(/^404/);
    await client.repos.get({ owner: 'acme', repo: 'open' });
    const blob = client.git.createBlob({ owner: 'acme', repo: 'open', content: 'x' });
    expect(await refusal(blob)).toMatch(/^403/);
    expect(await refusal(scopedToken(world, { repositories: ['nowhere'] }))).toMatch(/^422/);
    expect(await refusal(scopedToken(world, { permissions: { administration: 'write' } }))).toMatch(
      /^422/,
    );
    expectNoViolations(world.github);
  });

  it('ends with its installation, and rests while that is suspended', async () => {
    const world = await testWorld();
    const client = tokenClient(world.github, await scopedToken(world, {}));
    world.github.suspend(world.installation);
    expect(await refusal(client.repos.get(here))).toBe('403 This installation has been suspended');
    world.github.unsuspend(world.installation);
    await client.repos.get(here);
    world.github.uninstall(world.installation);
    expect(await refusal(client.repos.get(here))).toBe('401 Bad credentials');
    expect(await refusal(scopedToken(world, {}))).toMatch(/^404/);
    expectNoViolations(world.github);
  });

  it('can be made with a token of a person nowhere', async () => {
    const { github, installation } = await testWorld();
    const client = tokenClient(github, github.as('alice').token);
    const made = client.apps.createInstallationAccessToken({ installation_id: installation.id });
    expect(await refusal(made)).toMatch(/^401/);
  });
});

describe('a person and nobody', () => {
  it('read what is public; nobody writes', async () => {
    const { github } = await testWorld();
    const { request: nobody } = new Octokit({ baseUrl: github.apiUrl, log: silent });
    expect((await nobody('GET /repos/{owner}/{repo}', here)).status).toBe(200);
    const write = nobody('POST /repos/{owner}/{repo}/issues', { ...here, title: 'x' });
    expect(await refusal(write)).toBe('401 Requires authentication');
    const carol = tokenClient(github, github.as('carol').token);
    expect((await carol.issues.create({ ...here, title: 'Hello' })).data.number).toBe(1);
    expectNoViolations(github);
  });

  it('have roles that the App can ask for', async () => {
    const { github, octokit } = await testWorld();
    github.addUser('dora');
    const roles = await Promise.all(
      ['alice', 'bob', 'carol', 'dora'].map(async (username) => {
        const { data } = await octokit.repos.getCollaboratorPermissionLevel({ ...here, username });
        return `${username} ${data.permission} ${data.role_name}`;
      }),
    );
    expect(roles).toEqual([
      'alice admin admin',
      'bob write write',
      'carol read read',
      'dora read read',
    ]);
    const ask = octokit.repos.getCollaboratorPermissionLevel({ ...here, username: 'ghost' });
    expect(await refusal(ask)).toMatch(/^404/);
    expectNoViolations(github);
  });
});

describe('auth-app itself', () => {
  it('gets a token of the scope that it is asked for', async () => {
    const { github, app, installation } = await testWorld();
    const auth = createAppAuth({
      appId: app.clientId,
      privateKey: app.privateKey,
      request: new Octokit({ baseUrl: github.apiUrl }).request,
    });
    const { token, permissions, repositoryNames } = await auth({
      type: 'installation',
      installationId: installation.id,
      repositoryNames: ['images'],
      permissions: { contents: 'read' },
    });
    expect(token).toMatch(/^ghs_/);
    expect(permissions).toEqual({ metadata: 'read', contents: 'read' });
    expect(repositoryNames).toEqual(['images']);
    expectNoViolations(github);
  });
});
