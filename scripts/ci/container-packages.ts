import { Octokit } from '@octokit/rest';
import type { Stored } from './retention.ts';

/** Where the images of a repository are, as GitHub's API has it. */
export interface Packages {
  /** Series that any maintained branch has. */
  readonly series: () => Promise<readonly string[]>;
  /** Builds that wait or run: what they push has no name yet. */
  readonly unfinishedBuilds: () => Promise<number>;
  /** Of one image; `undefined` where nothing was ever published. */
  readonly list: (image: string) => Promise<readonly Stored[] | undefined>;
  readonly remove: (image: string, id: number) => Promise<void>;
}

export interface Access {
  readonly apiUrl: string;
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
}

const build = 'build-images.yaml';

function nothing(): void {
  // What fails is told once, by whoever asked.
}
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export async function openPackages({ apiUrl, token, repository }: Access): Promise<Packages> {
  const [owner = '', repo = ''] = repository.split('/');
  const { request, paginate } = new Octokit({ auth: token, baseUrl: apiUrl, log: silent });
  const known = await request('GET /repos/{owner}/{repo}', { owner, repo });
  const { default_branch: main, owner: holder } = known.data;
  const of = { owner, repo };
  // The same package is had by one of two paths, and by the other it does not exist.
  const home = `${holder.type === 'Organization' ? '/orgs' : '/users'}/${owner}/packages/container`;
  function versions(image: string): string {
    return `${home}/${encodeURIComponent(`${repo}/${image}`.toLowerCase())}/versions`;
  }
  return {
    async series() {
      const branches = await paginate('GET /repos/{owner}/{repo}/branches', {
        ...{ ...of, per_page: 100 },
      });
      const found = new Set<string>();
      for (const { name } of branches) {
        if (name !== main && !name.startsWith('stable/')) continue;
        for (const id of await seriesOf({ ...of, request }, name)) found.add(id);
      }
      return [...found].sort();
    },
    async unfinishedBuilds() {
      let count = 0;
      for (const status of ['queued', 'in_progress', 'waiting', 'pending'] as const) {
        const runs = { ...of, workflow_id: build, status, per_page: 1 };
        const path = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
        count += (await request(path, runs)).data.total_count;
      }
      return count;
    },
    async list(image) {
      try {
        const all = await paginate<Version>(`GET ${versions(image)}`, { per_page: 100 });
        return all.map(stored);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async remove(image, id) {
      await request(`DELETE ${versions(image)}/${id}`).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
    },
  };
}

/** The series that a branch has. */
async function seriesOf({ request, ...of }: Asked, ref: string): Promise<readonly string[]> {
  const path = 'GET /repos/{owner}/{repo}/contents/{path}';
  try {
    const { data } = await request(path, { ...of, path: 'releases', ref });
    const entries = Array.isArray(data) ? data : [];
    return entries.filter(({ type }) => type === 'dir').map(({ name }) => name);
  } catch (error) {
    // A branch of something else.
    if (isMissing(error)) return [];
    throw error;
  }
}

interface Asked extends Pick<Octokit, 'request'> {
  readonly owner: string;
  readonly repo: string;
}

interface Version {
  readonly id: number;
  /** The manifest's digest. */
  readonly name: string;
  readonly created_at: string;
  readonly metadata?: { readonly container?: { readonly tags?: readonly string[] } };
}

function stored({ id, name, created_at: created, metadata }: Version): Stored {
  return { id, digest: name, created, tags: metadata?.container?.tags ?? [] };
}

function isMissing(error: unknown): boolean {
  return (error as { readonly status?: number }).status === 404;
}
