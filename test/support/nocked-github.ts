import { generateKeyPairSync } from 'node:crypto';
import nock from 'nock';
import { afterAll, afterEach, beforeEach, expect } from 'vitest';
import { createGitHubApp } from '../../src/edge/github/app.ts';
import type { GitHubApp, GitHubAppOptions } from '../../src/edge/github/app.ts';
import type { GitHubRepository } from '../../src/edge/github/repository.ts';

export const githubCom = 'https://api.github.com';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const appKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** What nock intercepts in a file's tests: all of it has to be asked for, and nothing else. */
export function useNock(): void {
  beforeEach(() => {
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    expect(left).toEqual([]);
  });
  afterAll(() => {
    nock.enableNetConnect();
    nock.restore();
  });
}

export const home = { owner: 'acme', repo: 'images' };
export const installed = { installation: 7, owner: 'acme', name: 'images' };

/** The App, with everything but time as it is. */
export function nockedApp(options: Partial<GitHubAppOptions> = {}): GitHubApp {
  return createGitHubApp({
    ...{ appId: 12, privateKey: appKey, apiUrl: githubCom, webUrl: 'https://github.com' },
    now: () => Date.now(),
    ...options,
  });
}

/** Its repository; tokens are given to whoever asks. */
export function nockedRepository(options: Partial<GitHubAppOptions> = {}): GitHubRepository {
  grantToken(options.apiUrl);
  return nockedApp(options).repository(installed);
}

function grantToken(apiUrl = githubCom, installation = 7): void {
  const body = { token: 'ghs_12_x', expires_at: '2100-01-01T00:00:00Z', permissions: {} };
  const path = `/app/installations/${installation}/access_tokens`;
  nock(apiUrl).post(path).optionally().times(100).reply(201, body);
}

/** What a promise rejects with. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
