import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readTable } from './ref-facts.ts';
import type { RepositoryFacts, TagFact } from './ref-facts.ts';

/** What series_status.yaml says of one series. */
export interface SeriesFact {
  readonly name: string;
  /** `2025.2`; the name for the oldest. */
  readonly key: string;
  /** ISO dates. */
  readonly initialRelease: string;
  readonly end?: string;
}

/** What a deliverable file says of one repository in one series. */
export interface DeliverableFact {
  readonly series: SeriesFact;
  readonly repository: string;
  readonly releases: readonly { readonly version: string; readonly commit: string }[];
  /** Version or commit at which the stable branch was cut. */
  readonly cut?: string;
}

const day = 86_400_000;

export function readSeriesFacts(data: string): readonly SeriesFact[] {
  const text = readFileSync(join(data, 'releases/series_status.yaml'), 'utf8');
  // `failsafe` keeps 2025.10 apart from 2025.1: everything is a string.
  const rows = parse(text, { schema: 'failsafe' }) as readonly Record<string, string>[];
  return rows.map((row) => ({
    name: row['name'] ?? '',
    key: row['release-id'] ?? row['name'] ?? '',
    initialRelease: row['initial-release'] ?? '',
    ...(row['eol-date'] !== undefined && { end: row['eol-date'] }),
  }));
}

interface DeliverableFile {
  readonly 'repository-settings'?: Readonly<Record<string, unknown>>;
  readonly releases?: readonly {
    readonly version: string;
    readonly projects: readonly { readonly repo: string; readonly hash: string }[];
  }[];
  readonly branches?: readonly { readonly location: string | Readonly<Record<string, string>> }[];
}

/** The deliverables of every series with a folder there, `_independent` left out. */
export function readDeliverableFacts(data: string): readonly DeliverableFact[] {
  const folder = join(data, 'releases/deliverables');
  return readSeriesFacts(data).flatMap((series) => {
    if (!readdirSync(folder).includes(series.name)) return [];
    return readdirSync(join(folder, series.name)).map((file) => {
      const text = readFileSync(join(folder, series.name, file), 'utf8');
      return deliverableFact(series, parse(text, { schema: 'failsafe' }) as DeliverableFile);
    });
  });
}

function deliverableFact(series: SeriesFact, file: DeliverableFile): DeliverableFact {
  const repo = Object.keys(file['repository-settings'] ?? {})[0] ?? '';
  const location = file.branches?.[0]?.location;
  const cut = typeof location === 'object' ? location[repo] : location;
  return {
    series,
    repository: repo.split('/')[1] ?? '',
    releases: (file.releases ?? []).map(({ version, projects }) => ({
      version,
      commit: projects[0]?.hash ?? '',
    })),
    ...(cut !== undefined && { cut }),
  };
}

/** Tags as a deliverable file has them, for repositories whose tag messages are not in the data. */
export function tagsOfDeliverable(fact: DeliverableFact): readonly TagFact[] {
  const { series, releases, cut } = fact;
  const cutAt = releases.findIndex(({ version }) => version === cut);
  const start = Date.parse(series.initialRelease);
  return releases.map(({ version, commit }, index) => ({
    name: version,
    annotated: true,
    commit,
    // Made up: three weeks apart, the one at which the branch was cut on the day of the series.
    date: new Date(start + (cutAt < 0 ? index - 8 : index - cutAt) * 21 * day).toISOString(),
    series: series.name,
    branch: index <= cutAt || cut === undefined ? 'master' : `stable/${series.key}`,
    releaseType: 'release',
  }));
}

/** A repository of which the data has no ref list: its tags and branches as the deliverables give them. */
export function factsFromDeliverables(
  name: string,
  deliverables: readonly DeliverableFact[],
): RepositoryFacts {
  const own = deliverables.filter(({ repository }) => repository === name);
  const heads = new Map<string, string>();
  for (const { series, releases, cut } of own) {
    const last = releases.at(-1);
    if (!last) continue;
    if (!heads.has('master')) heads.set('master', last.commit);
    const ended = last.version.endsWith('-eol');
    if (cut !== undefined && !ended) heads.set(`stable/${series.key}`, last.commit);
  }
  return { name, heads, tags: own.flatMap(tagsOfDeliverable) };
}

/** One state of upper-constraints.txt. */
export interface ConstraintsState {
  readonly commit: string;
  readonly date: string;
  /** Series key, or `main`. */
  readonly line: string;
  readonly text: string;
}

/** Every state that the data has, in the order of their histories. */
export function readConstraintsStates(data: string): readonly ConstraintsState[] {
  const folder = join(data, 'requirements/upper-constraints');
  const earlier = ['2025.1', '2025.2'].flatMap((key) =>
    readTable(join(folder, 'history', key, 'INDEX.tsv'))
      .filter(([file]) => file !== '-')
      .map(([file = '', commit = '', date = '', phase]) => ({
        commit,
        date,
        line: phase === 'stable' ? key : 'main',
        text: readFileSync(join(folder, 'history', key, file), 'utf8'),
      })),
  );
  const newest = readTable(join(folder, 'SOURCES.tsv')).map(
    ([file = '', , commit = '', date = '']) => ({
      commit,
      date,
      line: file === 'master.txt' ? 'main' : file.replace('.txt', ''),
      text: readFileSync(join(folder, file), 'utf8'),
    }),
  );
  return [...earlier, ...newest];
}
