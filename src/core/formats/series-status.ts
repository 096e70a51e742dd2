import type { Finding, Parsed } from '../model/finding.ts';
import type { Series, SeriesStatus } from '../model/series.ts';
import { shownText } from './shown-text.ts';
import { readYaml } from './yaml-file.ts';
import { isYamlList, isYamlMap, partAt, wrongValue } from './yaml-shape.ts';
import type { YamlPart } from './yaml-shape.ts';
import type { YamlMap } from './yaml-tree.ts';

/** Where openstack/releases keeps it. */
const path = 'data/series_status.yaml';

const statuses: ReadonlyMap<string, SeriesStatus> = new Map([
  ['future', 'future'],
  ['development', 'development'],
  ['maintained', 'maintained'],
  ['unmaintained', 'unmaintained'],
  // Before 2024 what is called unmaintained today was called extended maintenance.
  ['extended maintenance', 'unmaintained'],
  ['end of life', 'eol'],
]);

/**
 * Reads series_status.yaml of openstack/releases; oldest series first, though the file has the
 * newest first. An entry that makes no sense is left out with a warning.
 */
export function readSeriesStatus(text: string): Parsed<readonly Series[]> {
  // As text: `release-id: 2025.10` would be the number 2025.1.
  const { value: file, problems } = readYaml(text, { path, scalars: 'text' });
  if (file.value === undefined) return { value: [], problems };
  const root: YamlPart = { file, path, at: [], value: file.value };
  if (!isYamlList(root.value)) {
    return { value: [], problems: [...problems, wrongValue(root, 'a list of series')] };
  }
  const read = root.value.map((entry, index) => readEntry(partAt(root, index, entry)));
  return {
    value: read.flatMap(({ value }) => (value ? [value] : [])).reverse(),
    problems: [...problems, ...read.flatMap((entry) => entry.problems)],
  };
}

function readEntry(part: YamlPart): Parsed<Series | undefined> {
  const entry = isYamlMap(part.value) ? part.value : {};
  const name = textOf(entry, 'name');
  const status = statuses.get(textOf(entry, 'status') ?? '');
  if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) {
    return { value: undefined, problems: [skipped(part, 'a series without a name')] };
  }
  if (!status) {
    const word = shownText(textOf(entry, 'status') ?? '');
    return { value: undefined, problems: [skipped(part, `${name}, whose status is "${word}"`)] };
  }
  const id = textOf(entry, 'release-id');
  if (id !== undefined && !/^\d{4}\.\d{1,2}$/.test(id)) {
    const words = `${name}, whose release-id is "${shownText(id)}"`;
    return { value: undefined, problems: [skipped(part, words)] };
  }
  const released = dateOf(entry, 'initial-release');
  const next = nextPhase(entry);
  const series: Series = {
    id: id ?? name,
    name,
    status,
    ...(released !== undefined && { initialRelease: released }),
    ...(next && { nextPhase: next }),
  };
  return { value: series, problems: [] };
}

function nextPhase(entry: YamlMap): Series['nextPhase'] {
  const phase = entry['next-phase'];
  if (!isYamlMap(phase)) return undefined;
  const status = statuses.get(textOf(phase, 'status') ?? '');
  const date = dateOf(phase, 'date');
  return status && { status, ...(date !== undefined && { date }) };
}

function textOf(map: YamlMap, key: string): string | undefined {
  const value = map[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Dates that nobody knows yet are words: `TBD`. */
function dateOf(map: YamlMap, key: string): string | undefined {
  const value = textOf(map, key);
  return value !== undefined && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined;
}

function skipped(part: YamlPart, what: string): Finding {
  return {
    code: 'series-status-entry',
    file: path,
    line: part.file.lineOf(part.at),
    level: 'warning',
    message: `${path} of openstack/releases lists ${what}, which Pinwheel cannot read`,
    remedy: 'look whether the file has a new form that Pinwheel should learn',
  };
}
