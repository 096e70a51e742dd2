import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/pinwheel.ts';
import { makeUpstream } from '../../../sandbox/upstreams.ts';
import { readCommitLog } from './commit-log.ts';

const [id, other] = [`I${'a'.repeat(40)}`, `I${'b'.repeat(40)}`];
const commit = 'c'.repeat(40);

it('reads what messages say of other changes, and nothing else of them', async () => {
  const directory = `${await temporaryFolder()}/nova`;
  const messages = [
    `Fix\nit\n\nInstead of\nChange-Id: ${other}\n\nChange-Id: ${id}\n(cherry picked from commit ${commit})\n\n`,
    `\n\nRevert "Fix"\n \nThis reverts commit ${commit}.\n`,
    'Größer, mit (cherry und Change-Id: nichts',
  ];
  const { commits } = await makeUpstream(directory, {
    branches: [
      {
        name: 'master',
        commits: messages.map((message, index) => ({
          message,
          label: `${index}`,
          files: { f: `${index}\n` },
        })),
      },
    ],
  });
  const log = await readCommitLog({ directory, deadlineMs: 20_000 }, [commits.get('2') ?? '']);
  const said = log.map(({ subject, changeIds, cherryPickedFrom, reverts }) => {
    return { subject, changeIds, cherryPickedFrom, reverts };
  });
  const none = { changeIds: [], cherryPickedFrom: [], reverts: [] };
  expect(said).toEqual([
    { ...none, subject: 'Größer, mit (cherry und Change-Id: nichts' },
    { ...none, subject: 'Revert "Fix"', reverts: [commit] },
    { ...none, subject: 'Fix it', changeIds: [id], cherryPickedFrom: [commit] },
  ]);
  expect(log.map(({ parents }) => parents)).toEqual([[log[1]?.commit], [log[2]?.commit], []]);
});
