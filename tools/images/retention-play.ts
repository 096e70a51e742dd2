import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../scripts/command.ts';
import type { Stored } from '../../scripts/ci/retention.ts';
import type { Engine } from './engine.ts';
import type { Registry } from './registry.ts';
import { mustBe } from './smoke.ts';

interface Stage {
  readonly engine: Engine;
  readonly registry: Registry;
  readonly folder: string;
}

/** What of an image's manifests is to stay, and what to go: digests. */
export interface Wanted {
  /** Its name in the registry: repository of GitHub and image. */
  readonly image: string;
  readonly series: string;
  readonly stored: readonly Stored[];
  readonly stays: readonly string[];
}

/** What retention.yaml runs, on images of this registry and a page of GitHub that lists them. */
export async function retire(
  { engine, registry, folder }: Stage,
  { image, series, stored, stays }: Wanted,
): Promise<void> {
  const place = join(folder, 'retired');
  const [owner, repository, service = ''] = image.split('/');
  await mkdir(join(place, 'images', service), { recursive: true });
  await mkdir(join(place, '.github'));
  await writeFile(join(place, '.github/retention.yml'), 'generations: 1\ndays: 1\n');
  const left = new Map(stored.map((one) => [one.id, one]));
  const github = await startPages((path, method) => {
    if (path.endsWith('/branches')) return [{ name: 'main' }];
    if (path.endsWith('/contents/releases')) return [{ type: 'dir', name: series }];
    if (path.endsWith('/runs')) return { total_count: 0, workflow_runs: [] };
    const version = /versions\/(\d+)$/.exec(path)?.[1];
    if (version !== undefined && method === 'DELETE') {
      const id = Number(version);
      const digest = left.get(id)?.digest ?? '';
      left.delete(id);
      return registry.remove(image, digest);
    }
    if (path.endsWith('/versions')) return [...left.values()].map(shown);
    return { default_branch: 'main', owner: { type: 'Organization' } };
  });
  const program = join(folder, 'tools/scripts/ci/retire-images.ts');
  const env = {
    ...{ GITHUB_REPOSITORY: `${owner}/${repository}`, GITHUB_API_URL: github.url },
    ...{ GH_TOKEN: 'none', REGISTRY: registry.host },
  };
  try {
    const call = [process.execPath, program, place];
    await runCommand(call, { env: { ...engine.env, ...env, DRY_RUN: 'true' } });
    mustBe(left.size, stored.length);
    await runCommand(call, { env: { ...engine.env, ...env } });
  } finally {
    github.stop();
  }
  const there = [];
  for (const { digest } of stored) if (await registry.has(image, digest)) there.push(digest);
  mustBe(there.sort(), [...stays].sort());
}

/** An index with its tags. */
export interface Merged {
  readonly digest: string;
  readonly tags: readonly string[];
}

/** As GitHub lists them, long ago; an immutable tag is all that the older one has left. */
export function listed(
  [first, second]: readonly [Merged, Merged],
  platforms: readonly string[],
): readonly Stored[] {
  const old = { created: '2020-01-01T00:00:00Z', tags: [] };
  const versions = [
    { ...old, digest: first.digest, tags: first.tags.slice(0, 1) },
    { ...second, created: '2020-01-02T00:00:00Z' },
    ...[...new Set(platforms)].map((digest) => ({ ...old, digest })),
  ];
  return versions.map((one, id) => ({ ...one, id }));
}

function shown({ id, digest, created, tags }: Stored) {
  return { id, name: digest, created_at: created, metadata: { container: { tags } } };
}

type Page = (path: string, method: string) => unknown;

async function startPages(page: Page) {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const body = await page(pathname, request.method ?? 'GET');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
