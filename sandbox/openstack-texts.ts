import { createHash } from 'node:crypto';
import type { FileContent, NewCommit } from './fast-import.ts';
import type { ComponentStory, Line, Release, SeriesStory } from './openstack-story.ts';

/** The files with which a component begins: Python of our own making, small enough to read. */
export function firstFiles(component: ComponentStory): Readonly<Record<string, FileContent>> {
  const { name, distribution = name } = component;
  const module = moduleOf(component);
  return {
    '.gitreview': `[gerrit]\nhost=review.example.org\nproject=openstack/${name}.git\n`,
    'setup.cfg': `[metadata]\nname = ${distribution}\nsummary = A small ${name}\n\n[files]\npackages =\n    ${module}\n`,
    'setup.py': "import setuptools\n\nsetuptools.setup(setup_requires=['pbr>=2.0.0'], pbr=True)\n",
    'requirements.txt': 'pbr>=2.0.0\n',
    [`${module}/__init__.py`]: '',
    [`${module}/quota.py`]: quotaModule(name),
    [`${module}/revision.py`]: "REVISION = 'first'\n",
    [`${module}/tests/__init__.py`]: '',
    [`${module}/tests/test_quota.py`]: quotaTest(module),
    ...component.files,
  };
}

function moduleOf({ name }: ComponentStory): string {
  return name.replace(/^python-/, '').replaceAll(/[-.]/g, '_');
}

/** `<component>/quota.py`, which every component has. */
export function quotaModule(name: string): string {
  return `"""How much of ${name} a project may use."""

DEFAULTS = {
    'instances': 10,
    'cores': 20,
    'volumes': 10,
}


class OverQuota(Exception):
    """A project asked for more than it may have."""


def limit(project, resource):
    """The limit of a project, or the default one."""
    return project.get('limits', {}).get(resource, DEFAULTS[resource])


def used(project, resource):
    return project.get('used', {}).get(resource, 0)


def check(project, resource, wanted):
    """Raise OverQuota unless the project may have so many more."""
    if used(project, resource) + wanted > limit(project, resource):
        raise OverQuota(resource)


def reserve(project, resource, wanted):
    check(project, resource, wanted)
    taken = project.setdefault('used', {})
    taken[resource] = used(project, resource) + wanted
    return taken[resource]
`;
}

function quotaTest(module: string): string {
  return `import unittest

from ${module} import quota


class QuotaTest(unittest.TestCase):
    def test_a_project_may_use_its_limit(self):
        self.assertEqual(10, quota.reserve({}, 'instances', 10))

    def test_and_no_more(self):
        with self.assertRaises(quota.OverQuota):
            quota.reserve({}, 'instances', 11)
`;
}

/** What a version brings when the story does not say: a release note and another revision. */
export function usualCommit(component: ComponentStory, release: Release): NewCommit {
  const { version, date } = release;
  const subject = `Count what ${version} counts`;
  const changeId = createHash('sha1').update(`${component.name} ${version}`).digest('hex');
  const note = `---\nfixes:\n  - |\n    ${component.name} now counts what it was asked to count in ${version}.\n`;
  return {
    date,
    message: `${subject}\n\nCloses-Bug: #20${changeId.replaceAll(/\D/g, '').slice(0, 5)}\nChange-Id: I${changeId}\n`,
    files: {
      [`${moduleOf(component)}/revision.py`]: `REVISION = '${version}'\n`,
      [`releasenotes/notes/counts-${version.replaceAll('.', '-')}-${changeId.slice(0, 16)}.yaml`]:
        note,
    },
  };
}

/** The message of a release tag, as upstream's release bot writes it. */
export function tagMessage(facts: {
  readonly component: ComponentStory;
  readonly version: string;
  readonly series: string;
  readonly branch: string;
  readonly first: boolean;
}): string {
  const { component, version, series, branch, first } = facts;
  const type = releaseType(version);
  const pypi = (component.type ?? 'service') === 'service' ? 'no' : 'yes';
  return `${component.name} ${version} ${type}

meta:version: ${version}
meta:team: ${component.name}
meta:diff-start: -
meta:series: ${series}
meta:branch: ${branch}
meta:release-type: ${type}
meta:pypi: ${pypi}
meta:first: ${first ? 'yes' : 'no'}
`;
}

function releaseType(version: string): string {
  if (/rc\d+$/.test(version)) return 'release candidate';
  return /[ab]\d+$/.test(version) ? 'development milestone' : 'release';
}

/** data/series_status.yaml: the newest series first. */
export function seriesStatusText(series: readonly SeriesStory[]): string {
  return `---\n${series.toReversed().map(seriesStatusEntry).join('')}`;
}

function seriesStatusEntry(series: SeriesStory): string {
  const { nextPhase, eolDate } = series;
  const lines = [
    `- name: ${series.name}`,
    `  release-id: ${series.id}`,
    `  status: ${series.status}`,
    ...(series.id.endsWith('.1') ? ['  slurp: yes'] : []),
    `  initial-release: ${series.initialRelease}`,
    ...(eolDate === undefined ? [] : [`  eol-date: ${eolDate}`]),
    ...(nextPhase ? ['  next-phase:', `    status: ${nextPhase.status}`] : []),
    ...(nextPhase?.date === undefined ? [] : [`    date: ${nextPhase.date}`]),
  ];
  return `${lines.join('\n')}\n`;
}

export function deliverablePath(component: ComponentStory, series: SeriesStory): string {
  const file = component.deliverable ?? component.name.replaceAll('_', '-');
  return `deliverables/${series.name}/${file}.yaml`;
}

/** deliverables/<series name>/<file>.yaml, with the commit of each version. */
export function deliverableText(facts: {
  readonly component: ComponentStory;
  readonly line: Line;
  readonly releases: readonly { readonly version: string; readonly commit: string }[];
  /** Version at which the stable branch was cut; '' while there is none. */
  readonly cut: string;
}): string {
  const { component, line, releases, cut } = facts;
  const service = (component.type ?? 'service') === 'service';
  const listed = releases.map(
    ({ version, commit }) =>
      `  - version: ${version}\n    projects:\n      - repo: openstack/${component.name}\n        hash: ${commit}\n`,
  );
  return [
    `---\nlaunchpad: ${component.name}\n`,
    `release-model: ${service ? 'cycle-with-rc' : 'cycle-with-intermediary'}\n`,
    `team: ${component.name}\ntype: ${component.type ?? 'service'}\n`,
    `repository-settings:\n  openstack/${component.name}: {}\n`,
    ...(listed.length > 0 ? ['releases:\n', ...listed] : []),
    ...(cut === ''
      ? []
      : [`branches:\n  - name: stable/${line.series.id}\n    location: ${cut}\n`]),
  ].join('');
}
