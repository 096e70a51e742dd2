import { describe, expect, it } from 'vitest';
import { runGit } from '../../sandbox/git.ts';
import { novaPatches, patchedStory } from '../support/carried-patches.ts';
import { imagesRepository } from '../support/pinwheel.ts';
import type { Bench } from '../support/pinwheel.ts';
import { serveOpenStack } from '../support/small-openstack.ts';
import type { GitServer } from '../../sandbox/git-http.ts';

interface Checked {
  readonly patches: readonly {
    series: string;
    ref: string;
    commit: string;
    patch: string;
    verdict: string;
    firstTag?: string;
  }[];
  readonly findings: readonly { code: string; remedy: string }[];
}

const pins = {
  'releases/2025.1/source-refs.yaml': 'nova: "31.1.0"\nkeystone: "27.0.0"\n',
  'releases/2025.2/source-refs.yaml': 'nova: "32.0.0"\nkeystone: "28.0.1"\n',
};

/** A repository that carries three patches of nova in 2025.2, and one in 2025.1. */
async function start(): Promise<{ bench: Bench; server: GitServer; dir: string }> {
  const { template, server, dir } = await serveOpenStack(patchedStory);
  const { fix, near, clash, plain } = await novaPatches(dir, 'fix', 'near', 'clash', 'plain');
  const bench = await imagesRepository(
    {
      ...pins,
      'patches/nova/2025.2/0001-fix.patch': fix,
      'patches/nova/2025.2/0002-near.patch': near,
      'patches/nova/2025.2/0003-clash.patch': clash,
      'patches/nova/2025.1/0001-plain.patch': plain,
    },
    template,
  );
  return { bench, server, dir };
}

function verdictsOf({ patches }: Checked): readonly string[] {
  return patches.map(({ series, ref, patch, verdict }) => {
    return `${series} ${ref} ${patch.slice(patch.lastIndexOf('/') + 1)}: ${verdict}`;
  });
}

describe('pinwheel check --at', () => {
  it('tries the queues of all series on the ref, and looks at patches alone', async () => {
    const { bench, dir } = await start();
    const args = ['check', '--at', '32.1.0', '--component', 'nova'];
    const checked = await bench.json<Checked>(...args);
    expect(verdictsOf(checked)).toEqual([
      '2025.1 32.1.0 0001-plain.patch: applies',
      '2025.2 32.1.0 0001-fix.patch: already-upstream',
      '2025.2 32.1.0 0002-near.patch: refreshable',
      '2025.2 32.1.0 0003-clash.patch: conflict',
    ]);
    const commit = (await runGit(['-C', `${dir}/nova`, 'rev-parse', '32.1.0^0'])).trim();
    expect(checked.patches[1]).toMatchObject({ commit, firstTag: '32.1.0' });
    expect(new Set(checked.findings.map(({ code }) => code))).toEqual(
      new Set(['patch-already-upstream', 'patch-refreshable', 'patch-conflict']),
    );
    for (const { remedy } of checked.findings)
      expect(remedy).toMatch(/^when the pin moves there, /);
    expect(await bench.run(...args)).toMatchObject({ code: 1, stderr: '' });
  });

  it('takes a branch, a full name and a commit, and may be narrowed to a series', async () => {
    const { bench, dir } = await start();
    const head = (await runGit(['-C', `${dir}/nova`, 'rev-parse', 'stable/2025.1'])).trim();
    for (const at of ['stable/2025.1', 'refs/heads/stable/2025.1', head]) {
      const args = ['--at', at, '--component', 'nova', '--series', '2025.1'];
      const { patches } = await bench.json<Checked>('check', ...args);
      expect(patches).toEqual([
        expect.objectContaining({ ref: at, commit: head, verdict: 'applies' }),
      ]);
    }
  });

  it('tells what can be seen of the patches without trying them', async () => {
    const { bench } = await start();
    await bench.write({
      'patches/nova/2025.1/notes.txt': 'later\n',
      'patches/keystone/2025.1/notes.txt': 'not asked for\n',
      'patches/nova/2025.1/0001-again.patch': await bench.read(
        'patches/nova/2025.2/0003-clash.patch',
      ),
    });
    const { findings } = await bench.json<Checked>(
      ...['check', '--at', '32.0.0', '--component', 'nova', '--series', '2025.1'],
    );
    expect(findings.map(({ code }) => code)).toEqual([
      'patch-number-duplicate',
      'patch-stray-file',
    ]);
  });

  it('needs no component where only one has patches, and names them where several have', async () => {
    const { bench } = await start();
    expect((await bench.json<Checked>('check', '--at', '31.1.0')).patches).toHaveLength(4);
    await bench.write({ 'patches/keystone/2025.2/0001-a.patch': 'x\n' });
    const { code, stderr } = await bench.run('check', '--at', '31.1.0');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'pinwheel: --at is a ref of one component, and there are patches of keystone, nova; name one of them with --component\n',
    });
    const narrowed = await bench.run('check', '--at', '31.1.0', '--series', '2025.1');
    expect(narrowed).toMatchObject({ code: 0 });
  });
});

describe('a ref that cannot be tried', () => {
  const refused: readonly (readonly [what: string, at: string, words: RegExp])[] = [
    ['a typo', '32.1.O', /has no tag or branch 32\.1\.O; did you mean 32\.1\.0\?$/],
    ['nothing near', 'feature/x', /has no tag or branch feature\/x; give one that it has$/],
    ['a commit that is not there', 'ab'.repeat(20), /has no commit (?:ab){20}; check /],
    ['half a commit', 'ab12'.repeat(3), /has 12 digits instead of 40; give a tag, /],
    ['nothing', '', /--at is empty/],
  ];

  it('is one line and exit 2', async () => {
    const { bench } = await start();
    for (const [what, at, words] of refused) {
      const ran = await bench.run('check', `--at=${at}`, '--component', 'nova');
      const lines = ran.stderr.trim().split('\n');
      expect({ what, code: ran.code, stdout: ran.stdout, lines }).toEqual({
        ...{ what, code: 2, stdout: '' },
        lines: [expect.stringMatching(words)],
      });
    }
  });

  it('says which of two it may be', async () => {
    const { bench, dir } = await start();
    await runGit(['-C', `${dir}/nova`, 'branch', '32.0.0', 'stable/2025.2']);
    const args = ['--component', 'nova', '--series', '2025.1'];
    const { code, stderr } = await bench.run('check', '--at', '32.0.0', ...args);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('write refs/tags/32.0.0 or refs/heads/32.0.0') as string,
    });
    expect(await bench.run('check', '--at', 'refs/tags/32.0.0', ...args)).toMatchObject({
      code: 0,
    });
  });

  it('is exit 3 when upstream cannot be asked', async () => {
    const { bench, server } = await start();
    server.faults.set('/nova', { kind: 'down' });
    const { code, stderr } = await bench.run('check', '--at', '32.1.0', '--component', 'nova');
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 3, lines: 1 });
  });

  it('is not asked about where no patches are carried, or with --fix', async () => {
    const { bench } = await start();
    const none = await bench.run('check', '--at', '28.0.1', '--component', 'keystone');
    expect(none).toMatchObject({
      code: 2,
      stderr:
        'pinwheel: no patches of keystone are carried in any series; there are patches of nova\n',
    });
    const both = await bench.run('check', '--at', '32.1.0', '--component', 'nova', '--fix');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('move the pin first');
  });
});
