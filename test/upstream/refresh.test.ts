import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gitEnvironment, runGit } from '../../sandbox/git.ts';
import { carriedName, carryRows, readCorpus } from '../support/corpus.ts';
import type { CorpusRow } from '../support/corpus.ts';
import { runToEnd, temporaryFolder } from '../support/pinwheel.ts';
import {
  clonesFolder,
  clonesTemplate,
  describeWithUpstreamData,
} from '../support/upstream-data.ts';

interface Fixed {
  readonly patches: readonly { readonly verdict: string }[];
  readonly fixed: readonly { readonly path: string; readonly kind: string }[];
}

/** Everything but the diff: mail header, message and diffstat, and the signature below. */
function around(patch: Buffer): readonly string[] {
  const text = patch.toString('latin1');
  return [text.slice(0, text.indexOf('\ndiff --git ')), text.slice(text.lastIndexOf('\n-- \n'))];
}

/** A full checkout of the target, in which git is asked what it makes of a patch file. */
async function checkOut({ component = '', target_sha: target = '' }: CorpusRow) {
  const dir = join(await temporaryFolder(), component);
  const clone = join(clonesFolder ?? '', component);
  await runGit(['clone', '--quiet', '--shared', '--no-checkout', clone, dir]);
  await runGit(['-C', dir, 'checkout', '--quiet', '--detach', target]);
  return async (...args: readonly string[]) => {
    const env = gitEnvironment();
    const { code, stderr } = await runToEnd('git', ['-C', dir, 'apply', '-v', ...args], { env });
    const tree = await runGit(['-C', dir, 'write-tree']);
    await runGit(['-C', dir, 'reset', '--quiet', '--hard', target]);
    return { code, moved: stderr.includes('offset'), tree };
  };
}

describeWithUpstreamData('refreshing a real patch', (data) => {
  const rows = readCorpus(data).filter(({ expected }) => expected === 'refreshable');

  const files = process.env['PINWHEEL_CORPUS'] ?? '';
  if (clonesTemplate === undefined || !existsSync(files)) {
    it('needs the repositories', (context) => {
      context.skip(
        'skipped: no PINWHEEL_CLONES and PINWHEEL_CORPUS, folders of clones and of patches',
      );
    });
    return;
  }
  const template = clonesTemplate;

  it.each(rows.map((row) => [row['id'], row] as const))(
    '%s gives one that applies exactly, to what a 3-way apply comes to',
    async (_, row) => {
      const { component = '', patch = '' } = row;
      const path = `patches/${component}/2025.2/${carriedName(row, 0)}`;
      const bench = await carryRows([row], files, template);
      const { patches, fixed } = await bench.json<Fixed>(
        'check',
        '--component',
        component,
        '--fix',
      );
      expect(fixed).toMatchObject([{ path, kind: 'refresh', because: 'does-not-apply' }]);
      expect(patches).toMatchObject([{ verdict: 'applies' }]);
      const [old, fresh] = [join(files, patch), join(bench.dir, path)];
      expect(around(await readFile(fresh))).toEqual(around(await readFile(old)));
      const apply = await checkOut(row);
      const merged = await apply('--3way', old);
      expect(merged.code).toBe(0);
      expect(await apply('--index', fresh)).toEqual({ code: 0, moved: false, tree: merged.tree });
      const again = await bench.json<Fixed>('check', '--component', component, '--fix');
      expect(again.fixed).toEqual([]);
    },
    300_000,
  );
});
