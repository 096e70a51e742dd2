import type { NewBranch, NewCommit, NewTag, UpstreamDescription } from './fast-import.ts';
import { isFinal, linesOf, phaseOf } from './openstack-story.ts';
import type { OpenStackStory, SeriesStory } from './openstack-story.ts';

const day = 86_400_000;
const usual = ['pbr===7.0.1', 'PyMySQL===1.1.2', 'requests===2.32.5', 'zc.lockfile===4.0'];

/** A change of a series' constraints: all pins of what is not OpenStack, or that of one library. */
interface Change {
  readonly date: string;
  readonly message: string;
  readonly constraints?: readonly string[];
  readonly library?: { readonly name: string; readonly version: string };
}

/** openstack/requirements: a line for each series, with a commit for each release of a library. */
export function describeRequirements(story: OpenStackStory): UpstreamDescription {
  const first = Date.parse(story.series[0]?.initialRelease ?? '2025-01-01');
  const date = new Date(first - 200 * day).toISOString();
  const files = { 'README.rst': 'Upper constraints\n' };
  const master: NewCommit[] = [{ message: 'Start here\n', date, files, label: 'start' }];
  const branches: NewBranch[] = [];
  const tags: NewTag[] = [];
  for (const series of story.series.filter(({ status }) => status !== 'future')) {
    const { branch, mark } = phaseOf(series);
    const commits = foldChanges(series, changesOf(story, series));
    // A branch is cut on the day of the series; until then its constraints are those of master.
    const cut = branch === 'master' ? commits.length : commits.findIndex(isAfter(series));
    const before = cut < 0 ? commits : commits.slice(0, cut);
    master.push(...before);
    if (branch !== 'master') branches.push(newBranch(series, before, commits.slice(before.length)));
    if (mark !== false) tags.push(newMark(series, mark, commits.at(-1)?.label ?? 'start'));
  }
  return { branches: [{ name: 'master', commits: master }, ...branches], tags };
}

function isAfter(series: SeriesStory): (commit: NewCommit) => boolean {
  const cut = Date.parse(series.initialRelease);
  return ({ date }) => date !== undefined && Date.parse(date) > cut;
}

function newBranch(
  series: SeriesStory,
  before: readonly NewCommit[],
  commits: readonly NewCommit[],
): NewBranch {
  const { branch } = phaseOf(series);
  return {
    name: branch === false ? `stable/${series.id}` : branch,
    from: before.at(-1)?.label ?? 'start',
    commits,
    ...(branch === false && { deleted: true }),
  };
}

function newMark(series: SeriesStory, mark: string, target: string): NewTag {
  const name = `${series.id}-${mark}`;
  const message = `requirements ${name} release\n\nmeta:version: ${name}\nmeta:series: ${series.name}\n`;
  return { name, target, message, date: series.eolDate ?? series.initialRelease };
}

function changesOf(story: OpenStackStory, series: SeriesStory): readonly Change[] {
  const early = new Date(Date.parse(series.initialRelease) - 60 * day).toISOString();
  const first: Change = {
    date: early,
    message: `Begin the constraints of ${series.name}`,
    constraints: series.constraints ?? usual,
  };
  const updates = (series.constraintUpdates ?? []).map((update) => ({
    ...update,
    message: 'Updated from generate-constraints',
  }));
  const releases = story.components
    .filter(({ type = 'service' }) => type !== 'service')
    .flatMap((component) => {
      const line = linesOf(story, component).find((one) => one.series.id === series.id);
      const finals = (line?.versions ?? []).filter(({ version }) => isFinal(version));
      const name = component.distribution ?? component.name;
      return finals.map(({ version, date }) => ({
        date,
        message: `update constraint for ${name} to new release ${version}`,
        library: { name, version },
      }));
    });
  return [
    first,
    ...[...updates, ...releases].sort((a, b) => Date.parse(a.date) - Date.parse(b.date)),
  ];
}

function foldChanges(series: SeriesStory, changes: readonly Change[]): readonly NewCommit[] {
  let others: readonly string[] = [];
  const libraries = new Map<string, string>();
  return changes.map(({ date, message, constraints, library }, index) => {
    others = constraints ?? others;
    if (library) libraries.set(library.name, library.version);
    const pins = [...libraries].map(([name, version]) => `${name}===${version}`);
    const text = [...others, ...pins].map((line) => `${line}\n`).join('');
    const files = { 'upper-constraints.txt': text };
    return { message: `${message}\n`, date, files, label: `${series.id} ${index}` };
  });
}
