import type { NewBranch, NewCommit, NewTag, UpstreamDescription } from './fast-import.ts';
import { isFinal, linesOf } from './openstack-story.ts';
import type { ComponentStory, Line, OpenStackStory, Release } from './openstack-story.ts';
import { firstFiles, tagMessage, usualCommit } from './openstack-texts.ts';

/** A component's repository as data, and what openstack/releases is to say of it. */
export interface ComponentPlan {
  readonly component: ComponentStory;
  readonly description: UpstreamDescription;
  readonly lines: readonly LinePlan[];
}

export interface LinePlan {
  readonly line: Line;
  /** In order, life-cycle marks included; the label is that of a commit. */
  readonly listed: readonly { readonly version: string; readonly label: string }[];
  /** Version at which the branch was cut; '' while there is none. */
  readonly cut: string;
}

/** A branch as it grows. */
interface Growing {
  readonly component: ComponentStory;
  readonly branch: string;
  readonly commits: NewCommit[];
  /** Label of the newest commit. */
  tip: string;
  /** Milliseconds; that of the newest commit. */
  date: number;
}

const day = 86_400_000;

/** The same story told longer gives the same commits and more: that is how a world goes on. */
export function planComponent(story: OpenStackStory, component: ComponentStory): ComponentPlan {
  const start = Date.parse(story.series[0]?.initialRelease ?? '2025-01-01') - 200 * day;
  const master: Growing = { component, branch: 'master', commits: [], tip: '', date: start };
  grow(master, [{ message: 'Start here\n', files: firstFiles(component), label: 'start' }]);
  const stable: NewBranch[] = [];
  const tags: NewTag[] = [];
  const lines: LinePlan[] = [];
  for (const line of linesOf(story, component)) {
    const planned = planLine(master, line);
    if (planned.branch) stable.push(planned.branch);
    tags.push(...planned.tags);
    lines.push(planned.plan);
  }
  const branches = [{ name: 'master', commits: master.commits }, ...stable];
  return { component, description: { branches, tags }, lines };
}

interface PlannedLine {
  readonly plan: LinePlan;
  readonly branch?: NewBranch;
  readonly tags: readonly NewTag[];
}

function planLine(master: Growing, line: Line): PlannedLine {
  const { component } = master;
  const inDevelopment = line.branch === 'master';
  const final = line.versions.findIndex(({ version }) => isFinal(version));
  const cutAt = inDevelopment || final < 0 ? line.versions.length - 1 : final;
  const labels = new Map<string, string>();
  const tags: NewTag[] = [];
  for (const release of line.versions.slice(0, cutAt + 1)) {
    tags.push(...growRelease({ branch: master, line, release, labels }));
  }
  const cut = inDevelopment ? '' : (line.versions[cutAt]?.version ?? '');
  if (inDevelopment) {
    grow(master, line.unreleased);
    return { plan: { line, listed: listed(line, labels), cut }, tags };
  }
  const name = line.branch === false ? `stable/${line.series.id}` : line.branch;
  const from = master.tip;
  const branch: Growing = {
    component,
    branch: `stable/${line.series.id}`,
    commits: [],
    tip: from,
    date: master.date,
  };
  grow(branch, [gitreviewCommit(component, line)]);
  for (const release of line.versions.slice(cutAt + 1)) {
    tags.push(...growRelease({ branch, line, release, labels }));
  }
  tags.push(...endLine(branch, line, labels));
  const { commits } = branch;
  return {
    plan: { line, listed: listed(line, labels), cut },
    branch: { name, from, commits, ...(line.branch === false && { deleted: true }) },
    tags,
  };
}

/** The rest of a line: unreleased commits, before the mark of an end and after that of the last release. */
function endLine(branch: Growing, line: Line, labels: Map<string, string>): readonly NewTag[] {
  const { mark, series, unreleased } = line;
  if (mark === 'eol') grow(branch, unreleased);
  const tags: NewTag[] = [];
  if (mark !== false) {
    const release = { version: `${series.id}-${mark}`, date: new Date(branch.date).toISOString() };
    labels.set(release.version, branch.tip);
    tags.push(newTag(branch, line, release));
  }
  if (mark !== 'eol') grow(branch, unreleased);
  return tags;
}

function growRelease(job: {
  readonly branch: Growing;
  readonly line: Line;
  readonly release: Release;
  readonly labels: Map<string, string>;
}): readonly NewTag[] {
  const { branch, line, release, labels } = job;
  const { version, date, commits } = release;
  // The last candidate becomes the final version as it is: both tags stand on one commit.
  const candidate = [...labels.keys()].at(-1)?.replace(/\.0rc\d+$/, '');
  if (candidate !== version || commits) {
    grow(branch, commits ?? [usualCommit(branch.component, release)]);
  }
  labels.set(version, branch.tip);
  branch.date = Math.max(branch.date, Date.parse(date));
  return release.tagged === false ? [] : [newTag(branch, line, release)];
}

/** Commits without a date come a day after the one before. */
function grow(branch: Growing, commits: readonly NewCommit[]): void {
  for (const commit of commits) {
    branch.date = commit.date === undefined ? branch.date + day : Date.parse(commit.date);
    branch.tip = commit.label ?? `${branch.branch} ${branch.commits.length}`;
    const date = new Date(branch.date).toISOString();
    branch.commits.push({ ...commit, date, label: branch.tip });
  }
}

function gitreviewCommit({ name }: ComponentStory, { series }: Line): NewCommit {
  return {
    message: `Update .gitreview for stable/${series.id}\n`,
    files: {
      '.gitreview': `[gerrit]\nhost=review.example.org\nproject=openstack/${name}.git\ndefaultbranch=stable/${series.id}\n`,
    },
  };
}

function newTag(branch: Growing, line: Line, release: Release): NewTag {
  const { version, date, seriesInTag } = release;
  const message = tagMessage({
    component: branch.component,
    version,
    series: seriesInTag ?? line.series.name,
    branch: branch.branch,
    first: line.versions.find((one) => isFinal(one.version))?.version === version,
  });
  const tagger = 'Release Bot <release-bot@example.org>';
  return { name: version, target: branch.tip, message, date, tagger };
}

function listed(line: Line, labels: ReadonlyMap<string, string>): LinePlan['listed'] {
  const hidden = line.versions.filter((release) => release.listed === false);
  const names = new Set(hidden.map(({ version }) => version));
  return [...labels].flatMap(([version, label]) =>
    names.has(version) ? [] : [{ version, label }],
  );
}
