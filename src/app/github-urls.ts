/** Where GitHub is: for its API, and for browsers and git. No slash at their ends. */
export interface GitHubUrls {
  readonly apiUrl: string;
  readonly webUrl: string;
}

/** A URL that cannot be used, by the name of its setting. */
export interface UrlMistake {
  readonly name: 'GITHUB_API_URL' | 'GITHUB_WEB_URL';
  readonly what: string;
  readonly remedy: string;
}

const remedy = 'write it as https://github.example.org, or leave it out for github.com';

/** Both from what is given: one of them tells the other, at github.com, at ghe.com and on GitHub Enterprise Server. */
export function gitHubUrls(
  api: string | undefined,
  web: string | undefined,
): GitHubUrls | UrlMistake {
  const wrong = mistake('GITHUB_API_URL', api) ?? mistake('GITHUB_WEB_URL', web);
  if (wrong) return wrong;
  const [apiUrl, webUrl] = [api, web].map((url) => url?.replace(/\/+$/, ''));
  if (apiUrl === undefined)
    return { apiUrl: apiOf(webUrl ?? githubWeb), webUrl: webUrl ?? githubWeb };
  const known = webUrl ?? webOf(apiUrl);
  if (known !== undefined) return { apiUrl, webUrl: known };
  return {
    name: 'GITHUB_WEB_URL',
    what: 'is not set, and cannot be told from GITHUB_API_URL',
    remedy: 'set it to where browsers find that GitHub',
  };
}

const githubWeb = 'https://github.com';
const githubApi = 'https://api.github.com';

function mistake(name: UrlMistake['name'], url: string | undefined): UrlMistake | undefined {
  if (url === undefined) return undefined;
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return { name, what: 'is no URL', remedy };
  const { username, search, hash } = parsed;
  if (`${username}${search}${hash}` === '') return undefined;
  return { name, what: 'has more than a host and a path', remedy };
}

function apiOf(web: string): string {
  if (web === githubWeb) return githubApi;
  const { protocol, host } = new URL(web);
  return host.endsWith('.ghe.com') ? `${protocol}//api.${host}` : `${web}/api/v3`;
}

function webOf(api: string): string | undefined {
  if (api === githubApi) return githubWeb;
  if (api.endsWith('/api/v3')) return api.slice(0, -'/api/v3'.length);
  const { protocol, host } = new URL(api);
  return /^api\..+\.ghe\.com$/.test(host) ? `${protocol}//${host.slice('api.'.length)}` : undefined;
}
