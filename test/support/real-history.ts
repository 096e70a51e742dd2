import type { NewBranch, NewTag, UpstreamDescription } from '../../sandbox/fast-import.ts';
import { compareVersions, parseVersion } from '../../src/core/model/version.ts';
import type { RepositoryFacts, TagFact } from './ref-facts.ts';
import type { ConstraintsState, SeriesFact } from './release-facts.ts';

/** All that a made-up history is made from. */
export interface HistoryFacts extends RepositoryFacts {
  readonly series: readonly SeriesFact[];
  /** By series key: the real commit at which its branch was cut. */
  readonly cuts: ReadonlyMap<string, string>;
  readonly states: readonly ConstraintsState[];
}

/** One real commit, for which one is made up. */
interface Node {
  readonly commit: string;
  /** ISO. */
  readonly date: string;
  /** `main`, a series key, or a branch that belongs to no series. */
  readonly line: string;
  readonly series?: string;
  readonly text?: string;
}

const day = 86_400_000;
const lifecycle = /^(.+?)(?:-driverfixes)?-(?:em|eom|eol\d*)$/;

/**
 * A history in which every branch and tag has its real name, with one commit for each real one that is
 * known, labelled by its real id. Stable branches hold what was tagged on them, in order of date.
 */
export function describeHistory(facts: HistoryFacts): UpstreamDescription {
  const tags = withDates(facts);
  const lines = Map.groupBy(makeNodes(facts, tags), (node) => node.line);
  const main = lines.get('main') ?? [];
  const branches = [...lines].sort(mainFirst).map(([line, nodes]): NewBranch => ({
    name: `line/${line}`,
    deleted: true,
    ...(line !== 'main' && { from: forkOf(facts, main, line) }),
    commits: nodes.map((node) => newCommit(facts.name, node)),
  }));
  const heads = [...facts.heads].map(([name, commit]): NewBranch => ({ name, from: commit }));
  return {
    defaultBranch: facts.heads.has('main') ? 'main' : 'master',
    branches: [...branches, ...heads],
    tags: tags.map((tag) => newTag(facts.name, tag)),
  };
}

type DatedTag = TagFact & { readonly date: string };

/** Tags by date. Those without one get it from their series' end, or from their place among versions. */
function withDates({ tags, series }: HistoryFacts): readonly DatedTag[] {
  const undated = tags.filter((tag) => tag.date === undefined && !lifecycle.test(tag.name));
  const versions = undated.sort(byVersion).map((tag) => tag.name);
  const [first, last] = [Date.parse('2012-01-01'), Date.parse('2024-01-01')];
  const step = (last - first) / (versions.length + 1);
  const dated = tags.map((tag): DatedTag => {
    const key = lifecycle.exec(tag.name)?.[1];
    const end = series.find((one) => one.key === key || one.name === key)?.end ?? '2025-12-19';
    const place = new Date(first + step * (versions.indexOf(tag.name) + 1)).toISOString();
    return { ...tag, date: tag.date ?? (key === undefined ? place : end) };
  });
  return dated.sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
}

function byVersion(a: TagFact, b: TagFact): number {
  const [left, right] = [parseVersion(a.name), parseVersion(b.name)];
  if (left && right) return compareVersions(left, right);
  return Number(left !== undefined) - Number(right !== undefined);
}

function makeNodes(facts: HistoryFacts, tags: readonly DatedTag[]): readonly Node[] {
  const nodes = new Map<string, Node>();
  function add(node: Node): void {
    if (!nodes.has(node.commit)) nodes.set(node.commit, node);
  }
  add({ commit: 'root', date: '2010-01-01', line: 'main' });
  for (const { commit, date, line, text } of facts.states) add({ commit, date, line, text });
  for (const tag of tags) {
    const { commit, date, series } = tag;
    add({ commit, date, line: lineOfTag(facts, tag), ...(series !== undefined && { series }) });
  }
  const known = [...nodes.values()].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
  const last = new Map(known.map((node) => [node.line, Date.parse(node.date)]));
  for (const [branch, commit] of facts.heads) {
    const line = lineOfBranch(facts, branch);
    const date = new Date((last.get(line) ?? Date.parse('2025-12-19')) + day).toISOString();
    add({ commit, date, line });
  }
  return [...nodes.values()].sort((a, b) => Date.parse(a.date) - Date.parse(b.date));
}

function lineOfTag(facts: HistoryFacts, tag: DatedTag): string {
  if (tag.branch !== undefined) return lineOfBranch(facts, tag.branch);
  const ended = lifecycle.exec(tag.name)?.[1];
  if (ended !== undefined) return seriesKey(facts, ended);
  const releaseLine = `branch-${/^v(\d+\.\d+)\./.exec(tag.name)?.[1] ?? ''}`;
  if (facts.heads.has(releaseLine)) return releaseLine;
  const series = facts.series.find(({ name }) => name === tag.series);
  // Tags from before 2022 do not name their branch. What came after the release came from the stable one.
  const stable =
    series !== undefined && Date.parse(tag.date) > Date.parse(series.initialRelease) + day;
  return stable ? series.key : 'main';
}

function lineOfBranch(facts: HistoryFacts, branch: string): string {
  if (branch === 'master' || branch === 'main') return 'main';
  const name = /^(?:stable|unmaintained)\/(.+)$/.exec(branch)?.[1];
  return name === undefined ? branch : seriesKey(facts, name);
}

function seriesKey(facts: HistoryFacts, name: string): string {
  return facts.series.find((series) => series.name === name)?.key ?? name;
}

function mainFirst([a]: [string, unknown], [b]: [string, unknown]): number {
  return Number(b === 'main') - Number(a === 'main');
}

/** Where a line leaves the main one: its recorded cut, else the last tag of its series there. */
function forkOf(facts: HistoryFacts, main: readonly Node[], line: string): string {
  const series = facts.series.find(({ key }) => key === line);
  const cut = main.find((node) => node.commit === facts.cuts.get(line));
  const tagged = main.findLast((node) => series !== undefined && node.series === series.name);
  const start = Date.parse(series?.initialRelease ?? '2010-01-01');
  const before = main.findLast((node) => Date.parse(node.date) <= start);
  return (cut ?? tagged ?? before ?? main[0])?.commit ?? 'root';
}

function newCommit(name: string, { commit, date, text }: Node) {
  const root = { 'setup.cfg': `[metadata]\nname = ${name}\n` };
  const constraints = text === undefined ? {} : { 'upper-constraints.txt': text };
  return {
    label: commit,
    date,
    message: `${name} at ${commit.slice(0, 12)}\n\nMade up for tests; the real commit is ${commit}\n`,
    files: commit === 'root' ? root : { 'real-commit.txt': `${commit}\n`, ...constraints },
  };
}

function newTag(name: string, tag: DatedTag): NewTag {
  const { series, branch, releaseType = 'release' } = tag;
  const metas = [
    ['version', tag.name],
    ['diff-start', '-'],
    ['series', series],
    ['branch', branch],
    ['release-type', releaseType],
  ].flatMap(([key, value]) => (value === undefined ? [] : [`meta:${key ?? ''}: ${value}`]));
  const lines = series === undefined ? [] : ['', ...metas];
  const message = [`${name} ${tag.name} ${releaseType}`, ...lines, ''].join('\n');
  return {
    name: tag.name,
    target: tag.commit,
    date: tag.date,
    ...(tag.annotated && { message }),
  };
}
