import { describe, expect, it } from 'vitest';
import {
  constraintMove,
  groupOf,
  moveOf,
  queueOf,
  verdictOf,
} from '../../../test/support/proposals.ts';
import type { ProposalGroup } from '../model/proposal.ts';
import type { ReleaseNotes } from '../model/release-notes.ts';
import { moveMessage } from './commit-messages.ts';
import { proposalBody, proposalTitle } from './pull-request.ts';

const series = '2025.2';
const nova = moveOf('nova', '32.0.0', '32.1.0');
const keystone = moveOf('keystone', '28.0.0', '28.0.1');

const groups = {
  refs: groupOf(
    { kind: 'refs', series },
    {
      moves: [nova, keystone],
      queues: [queueOf('nova', [verdictOf('nova', '0001-a.patch', 'applies')])],
      drifts: [{ series, component: 'ovn', branch: 'branch-24.03', to: 'd'.repeat(40) }],
    },
  ),
  security: groupOf({ kind: 'security', series, component: 'nova' }, { moves: [nova] }),
  component: groupOf(
    { kind: 'component', series, component: 'nova' },
    {
      draft: true,
      moves: [nova],
      queues: [queueOf('nova', [verdictOf('nova', '0001-a|b.patch', 'conflict')])],
    },
  ),
  constraints: groupOf({ kind: 'constraints', series }, { constraints: constraintMove }),
} satisfies Readonly<Record<string, ProposalGroup>>;

const notes: ReleaseNotes = {
  ...{ component: 'nova', series },
  notes: [{ section: 'security', text: 'Closes #1\n\n/rebuild all\n\n@everyone <b>look</b>' }],
};

function webUrl(name: string): string {
  return `https://opendev.org/openstack/${name}`;
}

function shown(group: ProposalGroup, all: readonly ReleaseNotes[] = []): string {
  const body = proposalBody({ group, notes: all, webUrl });
  return `${proposalTitle(group)}\n\n${body}`;
}

describe('the text of a pull request', () => {
  it('of all moves of a series', () => {
    expect(shown(groups.refs)).toMatchInlineSnapshot(`
      "2025.2: move nova, keystone

      **2025.2: moves 2 components and takes 1 branch head into the lock.** Its patch applies.

      | component | from | to | step | changes | why |
      | --- | --- | --- | --- | --- | --- |
      | \`nova\` | \`32.0.0\` | \`32.1.0\` | minor | [compare](https://opendev.org/openstack/nova/compare/32.0.0...32.1.0) | \`newest release of 2025.2\` |
      | \`keystone\` | \`28.0.0\` | \`28.0.1\` | minor | [compare](https://opendev.org/openstack/keystone/compare/28.0.0...28.0.1) | \`newest release of 2025.2\` |

      | component | follows | locked at | head now |
      | --- | --- | --- | --- |
      | \`ovn\` | \`branch-24.03\` | not locked yet | \`dddddddd\` |

      ### Patches

      | patch | here | why |
      | --- | --- | --- |
      | \`0001-a.patch\` | kept | \`nova\` on \`32.1.0\`: \`every hunk at its line\` |

      ---
      This pull request is kept up to date in place. Close it to be left alone until there is something newer to move to; push a commit to its branch and Pinwheel leaves the branch to you.
      "
    `);
  });

  it('that closes a hole', () => {
    expect(shown(groups.security, [notes])).toMatchInlineSnapshot(`
      "2025.2: nova 32.0.0 → 32.1.0 (security)

      **2025.2: moves 1 component.** Upstream closed a security hole between these versions.

      | component | from | to | step | changes | why |
      | --- | --- | --- | --- | --- | --- |
      | \`nova\` | \`32.0.0\` | \`32.1.0\` | minor | [compare](https://opendev.org/openstack/nova/compare/32.0.0...32.1.0) | \`newest release of 2025.2\` |

      <details><summary>Release notes of nova: security</summary>

      **Security**

      - Closes \`#1\`

        \`/rebuild\` all

        \`@everyone\` \`<b>\`look\`</b>\`

      </details>

      ---
      This pull request is kept up to date in place. Close it to be left alone until there is something newer to move to; push a commit to its branch and Pinwheel leaves the branch to you.
      "
    `);
  });

  it('that needs a person', () => {
    expect(shown(groups.component)).toMatchInlineSnapshot(`
      "2025.2: nova 32.0.0 → 32.1.0 needs a hand with its patches

      **2025.2: moves 1 component.** It is a draft: \`0001-a|b.patch\` conflicts, and only a person can say how it should look now; the check \`pinwheel/patches\` shows where, why, and the commands to mend it. 1 patch in the way.

      | component | from | to | step | changes | why |
      | --- | --- | --- | --- | --- | --- |
      | \`nova\` | \`32.0.0\` | \`32.1.0\` | minor | [compare](https://opendev.org/openstack/nova/compare/32.0.0...32.1.0) | \`newest release of 2025.2\` |

      ### Patches

      | patch | here | why |
      | --- | --- | --- |
      | \`0001-a\\|b.patch\` | **conflict** | \`nova\` on \`32.1.0\`: \`git gives no reason\` |

      ---
      This pull request is kept up to date in place. Close it to be left alone until there is something newer to move to; push a commit to its branch and Pinwheel leaves the branch to you.
      "
    `);
  });

  it('of constraints', () => {
    expect(shown(groups.constraints)).toMatchInlineSnapshot(`
      "2025.2: upper-constraints.txt to 6e657700

      **2025.2: brings upper-constraints.txt up to date.**

      | package | from | to |  |
      | --- | --- | --- | --- |
      | \`requests\` | \`2.32.4\` | \`2.32.5\` | hidden by the override \`===2.32.6\` |
      | \`tomli\` \`python_version<'3.11'\` | \`2.2.0\` | \`2.2.1\` |  |
      | \`pbr\` |  | \`7.0.1\` | new |
      | \`six\` | \`1.17.0\` |  | gone |

      ### Kept as somebody edited it

      These lines were changed by hand inside the vendored file. They stay; as an override they would be seen.

      | package | here | upstream | line for overrides |
      | --- | --- | --- | --- |
      | \`uwsgi\` | \`2.0.31\` | \`2.0.30\` | \`uwsgi===2.0.31\` |

      ---
      This pull request is kept up to date in place. Close it to be left alone until upstream has newer ones; push a commit to its branch and Pinwheel leaves the branch to you.
      "
    `);
  });

  it('has room for all that must not be cut, however long the notes are', () => {
    const long = { section: 'fixes', text: 'word '.repeat(2000) } as const;
    const many = Array.from({ length: 40 }, () => ({ ...notes, notes: [long] }));
    const body = proposalBody({ group: groups.refs, notes: many, webUrl });
    expect(body.length).toBeLessThan(60_000);
    expect(body).toContain('There is no room here for the 1 release note of `nova`.');
    expect(body).toContain('This pull request is kept up to date in place.');
  });

  it('is the message of its first commit, in short', () => {
    expect(moveMessage(groups.refs)).toMatchInlineSnapshot(`
      "2025.2: move nova, keystone

      nova 32.0.0 -> 32.1.0: newest release of 2025.2
      keystone 28.0.0 -> 28.0.1: newest release of 2025.2
      ovn follows branch-24.03, now at dddddddd"
    `);
    expect(moveMessage(groups.security)).toMatchInlineSnapshot(`
      "2025.2: nova 32.0.0 -> 32.1.0 (security)

      nova 32.0.0 -> 32.1.0: newest release of 2025.2"
    `);
  });
});
