import { setTimeout as sleep } from 'node:timers/promises';
import { checkNames, imagesCheck } from '../../core/model/check-report.ts';
import type { Table } from '../../core/render/table.ts';

/** Where somebody reads the pull requests: over the API, as anybody could. */
export interface Reader {
  readonly apiUrl: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
}

/** A pull request as the API tells of it, with the checks of its head. */
export interface SeenPull {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly branch: string;
  readonly body: string;
  readonly draft: boolean;
  readonly state: 'open' | 'closed' | 'merged';
  readonly checks: readonly SeenCheck[];
}

export interface SeenCheck {
  readonly id: number;
  readonly name: string;
  /** Null while it runs. */
  readonly conclusion: string | null;
  readonly title: string;
  readonly summary: string;
  /** Where it is wrong, and how: its first annotation. */
  readonly remark?: string;
}

interface ApiPull {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly draft: boolean;
  readonly state: 'open' | 'closed';
  readonly merged_at: string | null;
  readonly user: { readonly login: string };
  readonly head: { readonly ref: string; readonly sha: string };
}

interface ApiChecks {
  readonly check_runs: readonly {
    readonly id: number;
    readonly name: string;
    readonly conclusion: string | null;
    readonly output: { readonly title: string | null; readonly summary: string | null };
  }[];
}

interface ApiAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly message: string;
}

/** All pull requests, oldest first. */
async function lookAtPulls(reader: Reader): Promise<readonly SeenPull[]> {
  const pulls = await ask<readonly ApiPull[]>(reader, 'pulls?state=all&per_page=100');
  const seen = pulls.toReversed().map(async (pull): Promise<SeenPull> => {
    const { number, title, body, draft, user, head } = pull;
    return {
      ...{ number, title, draft, author: user.login, branch: head.ref, body: body ?? '' },
      state: pull.merged_at === null ? pull.state : 'merged',
      checks: await checksOf(reader, head.sha),
    };
  });
  return Promise.all(seen);
}

export async function checksOf(reader: Reader, sha: string): Promise<readonly SeenCheck[]> {
  const path = `commits/${sha}/check-runs?per_page=100`;
  const { check_runs: runs } = await ask<ApiChecks>(reader, path);
  return Promise.all(
    runs.map(async ({ id, name, conclusion, output }) => {
      const remark = isBad(conclusion) ? await remarkOf(reader, id) : undefined;
      const words = { title: output.title ?? '', summary: output.summary ?? '' };
      return { id, name, conclusion, ...words, ...(remark !== undefined && { remark }) };
    }),
  );
}

function isBad(conclusion: string | null): boolean {
  return conclusion !== null && conclusion !== 'success';
}

async function remarkOf(reader: Reader, check: number): Promise<string | undefined> {
  const all = await ask<readonly ApiAnnotation[]>(reader, `check-runs/${check}/annotations`);
  // That a lock is behind follows from what is wrong elsewhere.
  const shown = all.find(({ path }) => !path.endsWith('.lock.yaml')) ?? all[0];
  return shown && `${shown.path}:${shown.start_line}: ${shown.message}`;
}

export async function ask<T>({ apiUrl, repository, token }: Reader, path: string): Promise<T> {
  const answer = await fetch(`${apiUrl}/repos/${repository}/${path}`, {
    headers: { authorization: `Bearer ${token}`, 'x-github-api-version': '2026-03-10' },
  });
  if (!answer.ok) throw new Error(`the small GitHub answers ${answer.status} for ${path}`);
  return (await answer.json()) as T;
}

/** The pull requests, as soon as every check of those that are open has ended. */
export async function whenChecked(
  reader: Reader,
  signal: AbortSignal,
): Promise<readonly SeenPull[]> {
  for (;;) {
    const pulls = await lookAtPulls(reader);
    if (pulls.every((pull) => pull.state !== 'open' || isChecked(pull))) return pulls;
    await sleep(1000, undefined, { signal });
  }
}

function isChecked({ checks }: SeenPull): boolean {
  return [...checkNames, imagesCheck].every((name) =>
    checks.some((check) => check.name === name && check.conclusion !== null),
  );
}

/** What became of it all. */
export function pullTable(pulls: readonly SeenPull[]): Table {
  return {
    title: 'Pull requests',
    head: ['', 'lane', 'checks', 'what it is, and what it comes to'],
    rows: pulls.map((pull) => [
      `#${pull.number}`,
      laneOf(pull) ?? pull.author,
      checkWords(pull),
      `${pull.title}\n${meaningOf(pull)}`,
    ]),
  };
}

/** `pinwheel/main/2025.2/security/keystone` is of the lane `security`; of people there is none. */
export function laneOf({ branch }: SeenPull): string | undefined {
  return /^pinwheel\/[^/]+\/[^/]+\/(\w+)/.exec(branch)?.[1];
}

const verbs: Readonly<Record<string, string>> = {
  '': 'runs',
  failure: 'fails',
  neutral: 'warns',
};

function checkWords({ checks }: SeenPull): string {
  const bad = checks.filter(({ conclusion }) => conclusion !== 'success');
  if (bad.length === 0) return `all ${checks.length} pass`;
  const words = bad.map(
    ({ name, conclusion }) => `${name}: ${verbs[conclusion ?? ''] ?? conclusion}`,
  );
  return words.join(', ').replaceAll('pinwheel/', '');
}

/** Of the bot's own, what their text begins with; of others, what is wrong. */
function meaningOf(pull: SeenPull): string {
  if (laneOf(pull) === undefined) return remarkOn(pull) ?? pull.state;
  const [first = ''] = pull.body.split('\n');
  const [, after = ''] = /^\*\*.*?\*\* *(.*)$/.exec(first) ?? [];
  return (after === '' ? first : after).replaceAll(/[*`]/g, '');
}

/** The check of its images. */
export function imagesOf({ checks }: Pick<SeenPull, 'checks'>): SeenCheck | undefined {
  return checks.find(({ name }) => name === imagesCheck);
}

/** Where and how it is wrong, as the checks say. */
export function remarkOn({ checks }: SeenPull): string | undefined {
  return checks.flatMap(({ remark }) => remark ?? [])[0];
}
