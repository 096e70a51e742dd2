import type { GitHub } from '../../sandbox/github/github.ts';

/** Requests that change something, but for tokens. */
export function writesAt({ requests }: GitHub): readonly string[] {
  return requests
    .filter(({ method, path }) => method !== 'GET' && path.includes('/api/'))
    .map(({ method, path }) => `${method} ${path}`)
    .filter((line) => !line.includes('/access_tokens'));
}
