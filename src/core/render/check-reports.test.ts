import { describe, expect, it } from 'vitest';
import type { ConflictKit } from '../model/conflict-origin.ts';
import type { JudgedQueue, PatchVerdict } from '../model/patch-verdict.ts';
import { checkReports } from './check-reports.ts';
import { patchFindings } from './patch-verdicts.ts';

const commit = 'c'.repeat(40);
const fix = { commit: '1'.repeat(40), subject: 'Move it', date: '2025-01-01', firstTag: '32.1.0' };

function conflict(path: string): PatchVerdict {
  return {
    ...{ path, component: 'nova', series: '2025.2', files: ['a'] },
    verdict: 'conflict',
    conflicts: [
      {
        ...{ path: 'a', hunk: 1, line: 9, endLine: 11, why: 'patch does not apply' },
        origin: { cause: 'changed', commits: [fix], missing: [] },
      },
    ],
    noMerge: { kind: 'conflict' },
  };
}

function kit(path: string): ConflictKit {
  const [before, edit, after] = [['git clone it'], ['edit a'], ['git am --continue &&\nwrite it']];
  return { path, leaves: 'markers', before, edit, after };
}

function patchesCheck(paths: readonly string[]) {
  const verdicts = paths.map(conflict);
  const about = { component: 'nova', series: '2025.2', ref: '32.1.0', commit };
  const queues: readonly JudgedQueue[] = [{ ...about, verdicts, kits: paths.map(kit) }];
  const findings = patchFindings(queues);
  const reports = checkReports({ head: commit, queues, findings, failed: [], broken: false });
  return reports.find(({ name }) => name === 'pinwheel/patches');
}

describe('the check of the patches', () => {
  it('says why a patch conflicts, and folds how to rebuild it', () => {
    const report = patchesCheck(['patches/nova/2025.2/0001-a.patch']);
    expect(report?.conclusion).toBe('failure');
    expect(report?.summary).toMatchInlineSnapshot(`
      "**1 must be mended.**

      | queue | on | patch | verdict | why |
      | --- | --- | --- | --- | --- |
      | \`nova/2025.2\` | \`32.1.0\` | \`0001-a.patch\` | **conflict** | \`hunk 1 of a; a 3-way merge conflicts too; upstream's 11111111 "Move it" (32.1.0) changed these lines\` |

      | where | what | what to do |
      | --- | --- | --- |
      | \`patches/nova/2025.2/0001-a.patch:9\` | \`0001-a.patch on nova 32.1.0 does not apply: hunk 1 of a; upstream's 11111111 "Move it" (32.1.0) changed these lines\` | \`make the patch anew on this source, or remove it\` |

      <details><summary>How to rebuild <code>patches/nova/2025.2/0001-a.patch</code> by hand</summary>

      To rebuild \`patches/nova/2025.2/0001-a.patch\` by hand, paste this in the folder of the images repository:

      \`\`\`sh
      git clone it
      \`\`\`

      git stops there and marks what is in the way. Put the change where it belongs now:

      \`\`\`sh
      edit a
      \`\`\`

      and then:

      \`\`\`sh
      git am --continue &&
      write it
      \`\`\`

      </details>
      "
    `);
  });

  it('shows names as they are, and nothing in them is Markdown or HTML', () => {
    const summary = patchesCheck(['patches/nova/2025.2/<img>&@all.patch'])?.summary ?? '';
    const shown = 'patches/nova/2025.2/&#60;img&#62;&#38;@all.patch';
    expect(summary).toContain(`<summary>How to rebuild <code>${shown}</code> by hand</summary>`);
    expect(summary.replace(/`[^`\n]*`/g, '')).not.toContain('<img>');
  });

  it('fits into what GitHub takes, and leaves the commands out first', () => {
    const names = Array.from({ length: 200 }, (_, n) => `patches/nova/2025.2/${n}-a.patch`);
    const summary = patchesCheck(names)?.summary ?? '';
    expect(summary.length).toBeLessThan(65_535);
    expect(summary).toContain('How to rebuild `patches/nova/2025.2/199-a.patch`: pinwheel check');
    expect(summary).toContain('| `nova/2025.2` | `32.1.0` | `199-a.patch` |');
  });
});
