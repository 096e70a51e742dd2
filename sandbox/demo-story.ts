import { glanceMerges, keystoneSecurity, novaMerges } from './demo-commits.ts';
import type { BuildScript } from './demo-runner.ts';
import type { NewCommit } from './fast-import.ts';
import type { ComponentStory, OpenStackStory, SeriesStory } from './openstack-story.ts';

/** Versions as upstream really counts them; those after `|` come out in the course of the demo. */
const releases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  keystone: {
    '2025.1': '27.0.0.0rc1 27.0.0 27.0.1 | 27.0.2',
    '2025.2': '28.0.0.0rc1 28.0.0 28.0.1 | 28.0.2',
    '2026.1': '29.0.0.0rc1 29.0.0 29.0.1 | 29.0.2',
  },
  nova: {
    '2025.1': '31.0.0.0rc1 31.0.0 31.1.0 31.2.0 | 31.3.0 31.3.1',
    '2025.2': '32.0.0.0rc1 32.0.0 32.1.0 | 32.2.0 32.2.1',
    '2026.1': '33.0.0.0rc1 33.0.0 33.0.1 | 33.0.2',
  },
  neutron: {
    '2025.1': '26.0.0.0rc2 26.0.0 26.0.4 26.0.5',
    '2025.2': '27.0.0.0rc1 27.0.0 27.0.2 27.0.3',
    '2026.1': '28.0.0.0rc2 28.0.0 | 28.0.1',
  },
  glance: {
    '2025.1': '30.0.0.0rc1 30.0.0 30.1.0 30.2.0',
    '2025.2': '31.0.0.0rc1 31.0.0 | 31.1.0',
    '2026.1': '32.0.0.0rc2 32.0.0',
  },
  cinder: {
    '2025.1': '26.0.0.0rc2 26.0.0 26.2.0 26.3.0',
    '2025.2': '27.0.0.0rc1 27.0.0',
    '2026.1': '28.0.0.0rc2 28.0.0',
  },
  placement: {
    '2025.1': '13.0.0.0rc1 13.0.0',
    '2025.2': '14.0.0.0rc1 14.0.0',
    '2026.1': '15.0.0.0rc1 15.0.0',
  },
  'oslo.messaging': {
    '2025.1': '16.0.0 16.1.0 | 16.1.1 16.1.2',
    '2025.2': '17.0.0 | 17.1.0',
    '2026.1': '17.2.0 17.3.0',
  },
};

/** Listed by openstack/releases before its tag is there, as happens upstream. */
const listedEarly: Readonly<Record<string, string>> = { keystone: '27.0.2' };

/** What is in a version, where that matters to somebody. */
const merged: Readonly<Record<string, readonly NewCommit[]>> = {
  'keystone 28.0.2': keystoneSecurity('28.0.2'),
  'keystone 29.0.2': keystoneSecurity('29.0.2'),
  'nova 32.2.1': novaMerges,
  'glance 31.1.0': glanceMerges,
};

const pins = ['pbr===7.0.1', 'PyMySQL===1.1.2', 'requests===2.32.5', 'python-ldap===3.4.4'];
const otherPins = [
  'pyasn1===0.6.1',
  'cryptography===43.0.3',
  "tomli===2.2.1;python_version<'3.11'",
];

const series: readonly SeriesStory[] = [
  { id: '2025.1', name: 'epoxy', initialRelease: '2025-04-02' },
  { id: '2025.2', name: 'flamingo', initialRelease: '2025-10-01' },
  { id: '2026.1', name: 'gazpacho', initialRelease: '2026-04-01' },
].map((one) => ({ ...one, status: 'maintained', constraints: [...pins, ...otherPins] }));

/** Before anything is released in the course of the demo. */
export function storyBefore(): OpenStackStory {
  return { series, components: Object.keys(releases).map((name) => component(name, 'before')) };
}

/**
 * Afterwards: point releases, among them a security fix, one that breaks a carried patch and contains
 * another, and one that is listed before it is tagged; and commits on branches.
 */
export function storyAfter(): OpenStackStory {
  return { series, components: Object.keys(releases).map((name) => component(name, 'after')) };
}

/** The newest final version before the demo's releases. */
export function versionBefore(name: string, id: string): string {
  return versions(name, id, 'before').at(-1) ?? '';
}

type Moment = 'before' | 'after';

function component(name: string, moment: Moment): ComponentStory {
  const lines = Object.keys(releases[name] ?? {}).map((id) => {
    const told = versions(name, id, moment).map((version) => {
      const commits = merged[`${name} ${version}`];
      const early = version === listedEarly[name] ? ({ tagged: false } as const) : {};
      return { version, ...early, ...(commits && { commits }) };
    });
    return [id, { versions: told, unreleased: fixes(`${name} ${id}`, moment) }] as const;
  });
  const type = name === 'oslo.messaging' ? 'library' : 'service';
  return { name, type, lines: Object.fromEntries(lines) };
}

function versions(name: string, id: string, moment: Moment): readonly string[] {
  const [before = '', after = ''] = (releases[name]?.[id] ?? '').split('|');
  return `${before} ${moment === 'after' ? after : ''}`.trim().split(/\s+/);
}

/** Fixes on branches that are pinned as such or by commit; the last of each comes in the course of the demo. */
const branchFixes: Readonly<Record<string, readonly string[]>> = {
  'cinder 2025.2': [
    'Keep the size of an image that NFS has cached',
    'Give back a snapshot that failed',
  ],
  'placement 2025.1': [
    'Ask for allocation candidates once',
    'Close what was opened for candidates',
  ],
};

function fixes(line: string, moment: Moment): readonly NewCommit[] {
  const all = branchFixes[line] ?? [];
  const told = moment === 'before' ? all.slice(0, -1) : all;
  const [name = ''] = line.split(' ');
  return told.map((subject, index) => ({
    message: `${subject}\n`,
    date: `2026-07-0${index + 1}T09:00:00Z`,
    files: { [`${name}/fix_${index + 1}.py`]: `"""${subject}."""\n` },
  }));
}

/**
 * Two mirrors that are behind for a while, and a registry that does not answer: all of it is over when the
 * image is built again.
 */
export const failuresInDemo: BuildScript['failures'] = [
  { cell: 'nova/2025.2', beside: 'cinder/2025.2', log: 'system-version.log' },
  ...['glance', 'cinder'].map((name) => ({
    ...{ cell: `${name}/2025.1`, beside: 'keystone/2025.1', log: 'system-unable-to-locate.log' },
  })),
  { cell: 'neutron/2026.1', beside: 'nova/2026.1', log: 'registry-pull.log', once: true },
];
