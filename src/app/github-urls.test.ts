import { describe, expect, it } from 'vitest';
import { gitHubUrls } from './github-urls.ts';

describe('where GitHub is', () => {
  it.each([
    [undefined, undefined, 'https://api.github.com', 'https://github.com'],
    [undefined, 'https://github.com/', 'https://api.github.com', 'https://github.com'],
    ['https://api.github.com', undefined, 'https://api.github.com', 'https://github.com'],
    [undefined, 'https://gh.corp', 'https://gh.corp/api/v3', 'https://gh.corp'],
    ['https://gh.corp/api/v3/', undefined, 'https://gh.corp/api/v3', 'https://gh.corp'],
    [undefined, 'https://t.ghe.com', 'https://api.t.ghe.com', 'https://t.ghe.com'],
    ['https://api.t.ghe.com', undefined, 'https://api.t.ghe.com', 'https://t.ghe.com'],
    ['http://127.0.0.1:1/x', 'http://127.0.0.1:2', 'http://127.0.0.1:1/x', 'http://127.0.0.1:2'],
  ])('API %s and web %s', (api, web, ...urls) => {
    const [apiUrl, webUrl] = urls;
    expect(gitHubUrls(api, web)).toEqual({ apiUrl, webUrl });
  });

  it.each([
    ['ftp://github.com', undefined, 'GITHUB_API_URL', 'is no URL'],
    [undefined, 'github.com', 'GITHUB_WEB_URL', 'is no URL'],
    [undefined, 'https://token@github.com', 'GITHUB_WEB_URL', 'has more than a host and a path'],
    [
      'https://proxy.corp/github',
      undefined,
      'GITHUB_WEB_URL',
      'is not set, and cannot be told from GITHUB_API_URL',
    ],
  ])('refuses API %s and web %s', (api, web, ...mistake) => {
    const [name, what] = mistake;
    expect(gitHubUrls(api, web)).toMatchObject({ name, what });
  });
});
