import type { NewCommit } from './fast-import.ts';
import { quotaModule } from './openstack-texts.ts';

/*
 * What upstream merges in the course of the demo, and what is carried before that: all of it in the quota
 * module that every component has.
 */

function changeId(digit: string): string {
  return `Change-Id: I${digit.repeat(40)}`;
}

/** `text` with some lines replaced, each of which is there. */
function edited(text: string, edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the demo edits a line that is not there: ${from}`);
    return before.replace(from, to);
  }, text);
}

const nova = 'nova/quota.py';
const novaBefore = quotaModule('nova');
const novaSaying = edited(novaBefore, [
  ['raise OverQuota(resource)', "raise OverQuota(f'{wanted} more {resource} are over the quota')"],
]);
const sayingMessage = `Say what is over the quota

An operator who reads the log sees which resource it is, and not how much of it
somebody asked for.

${changeId('5')}
`;

const glance = 'glance/quota.py';
const glanceBefore = quotaModule('glance');
const glanceVolumes = edited(glanceBefore, [["'volumes': 10", "'volumes': 40"]]);
const volumesMessage = `Allow forty volumes by default

Ten are used up by one cluster of three machines.

${changeId('6')}
`;
const usedLine = "return project.get('used', {}).get(resource, 0)";
const neverNegative = "return max(0, project.get('used', {}).get(resource, 0))";

/** Patches of the images repository, by component: each is made on those before it. */
export const carriedInDemo: Readonly<Record<'nova' | 'glance', readonly NewCommit[]>> = {
  nova: [
    { message: sayingMessage, files: { [nova]: novaSaying } },
    {
      message: `Refuse to reserve less than nothing

A negative number gives back what was never taken.

${changeId('7')}
`,
      files: {
        [nova]: edited(novaSaying, [
          [
            '    check(project, resource, wanted)\n    taken',
            "    if wanted < 0:\n        raise ValueError('less than nothing')\n    check(project, resource, wanted)\n    taken",
          ],
        ]),
      },
    },
  ],
  glance: [
    {
      message: `Count no less than nothing as used

A counter that was migrated twice is below zero, and lets a project pass its limit.

${changeId('8')}
`,
      files: { [glance]: edited(glanceBefore, [[usedLine, neverNegative]]) },
    },
    {
      message: volumesMessage,
      files: {
        [glance]: edited(glanceVolumes, [[usedLine, neverNegative]]),
      },
    },
  ],
};

function note(name: string, section: string, text: string): Readonly<Record<string, string>> {
  return { [`releasenotes/notes/${name}.yaml`]: `---\n${section}:\n  - |\n    ${text}\n` };
}

const novaLocked = edited(novaSaying, [
  ['"""How much of', 'import threading\n\n"""How much of'],
  [
    '    check(project, resource, wanted)\n    taken',
    '    with _lock:\n        check(project, resource, wanted)\n        return _take(project, resource, wanted)\n\n\ndef _take(project, resource, wanted):\n    taken',
  ],
  ['class OverQuota', '_lock = threading.Lock()\n\n\nclass OverQuota'],
]);

/** nova takes one of the patches, and rewrites what the other one changes. */
export const novaMerges: readonly NewCommit[] = [
  {
    message: sayingMessage,
    files: {
      [nova]: novaSaying,
      ...note(
        'say-what-is-over-5a31c0e7d2b94f68',
        'fixes',
        'An error says what is over the quota.',
      ),
    },
  },
  {
    message: `Reserve under a lock

Two requests at a time could both be the last one that fits.

Closes-Bug: #2150417
${changeId('2')}
`,
    files: {
      [nova]: novaLocked,
      ...note('reserve-under-lock-0f7b6d4c91e2a835', 'fixes', 'Reservations do not race any more.'),
    },
  },
];

/** glance takes one of the patches, and changes the neighbourhood of the other one. */
export const glanceMerges: readonly NewCommit[] = [
  {
    message: volumesMessage,
    files: {
      [glance]: glanceVolumes,
      ...note(
        'forty-volumes-6b02d8f1c47e93a5',
        'upgrade',
        'The default for volumes is 40, not 10.',
      ),
    },
  },
  {
    message: `Check one unless told how many\n\n${changeId('3')}\n`,
    files: {
      [glance]: edited(glanceVolumes, [
        ['def check(project, resource, wanted)', 'def check(project, resource, wanted=1)'],
      ]),
    },
  },
];

/** A hole in keystone, closed in a point release of each series. */
export function keystoneSecurity(version: string): readonly NewCommit[] {
  return [
    {
      message: `Refuse to reserve a negative count

${changeId('4')}
`,
      files: {
        'keystone/quota.py': edited(quotaModule('keystone'), [
          [
            '    if used(project, resource)',
            '    if wanted < 0:\n        raise OverQuota(resource)\n    if used(project, resource)',
          ],
        ]),
        'keystone/revision.py': `REVISION = '${version}'\n`,
        ...note(
          'negative-count-9d84e1f5b3a6c027',
          'security',
          'A negative count was added to the quota, so that a project could take what it liked.',
        ),
      },
    },
  ];
}
