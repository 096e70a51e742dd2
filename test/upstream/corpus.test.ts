import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { runGit } from '../../sandbox/git.ts';
import { makeOpenStack } from '../../sandbox/openstack.ts';
import { carriedName, carryRows, readCorpus } from '../support/corpus.ts';
import type { CorpusRow } from '../support/corpus.ts';
import { temporaryFolder } from '../support/pinwheel.ts';
import { clonesTemplate, describeWithUpstreamData } from '../support/upstream-data.ts';

interface Checked {
  readonly patches: readonly { readonly patch: string; readonly verdict: string }[];
}

/** Rows of one queue belong together, in their order; every other row stands alone. */
function queues(rows: readonly CorpusRow[]): readonly (readonly CorpusRow[])[] {
  const groups = Map.groupBy(rows, ({ id, queue }) => (queue === '' ? id : queue));
  return [...groups.values()].map((group) =>
    group.toSorted((a, b) => Number(a['order']) - Number(b['order'])),
  );
}

/** Carries a queue in an images repository that pins its target, and gives each row's verdict. */
async function verdicts(rows: readonly CorpusRow[], files: string, template: string) {
  const bench = await carryRows(rows, files, template);
  const [{ component = '' } = {}] = rows;
  const { patches } = await bench.json<Checked>('check', '--component', component);
  const found = new Map(patches.map(({ patch, verdict }) => [basename(patch), verdict]));
  return rows.map((row, place) => [row['id'], found.get(carriedName(row, place))]);
}

describeWithUpstreamData('the verdicts on patches whose outcome is known', (data) => {
  const all = readCorpus(data);
  const tiny = all.filter(({ component }) => component === 'tiny');

  it('are right for every odd and hostile patch', async () => {
    const upstreams = join(await temporaryFolder(), 'upstreams');
    const flamingo = { id: '2025.2', name: 'flamingo', status: 'maintained' } as const;
    await makeOpenStack(upstreams, {
      series: [{ ...flamingo, initialRelease: '2025-10-01' }],
      components: [],
    });
    const bundle = join(data, 'mini/tiny.bundle');
    await runGit(['clone', '--quiet', '--bare', bundle, join(upstreams, 'tiny')]);
    for (const rows of queues(tiny)) {
      const expected = rows.map(({ id, expected: verdict }) => [id, verdict]);
      expect(
        await verdicts(rows, join(data, 'patches'), `file://${upstreams}/{component}`),
      ).toEqual(expected);
    }
  }, 120_000);

  it('are right for every real patch', async (context) => {
    const files = process.env['PINWHEEL_CORPUS'] ?? '';
    if (clonesTemplate === undefined || !existsSync(files)) {
      context.skip(
        'skipped: no PINWHEEL_CLONES and PINWHEEL_CORPUS, folders of clones and of patches',
      );
      return;
    }
    for (const rows of queues(all.filter((row) => !tiny.includes(row)))) {
      const expected = rows.map(({ id, expected: verdict }) => [id, verdict]);
      expect(await verdicts(rows, files, clonesTemplate)).toEqual(expected);
    }
  }, 600_000);
});
