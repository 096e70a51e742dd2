import { describe, expect, it } from 'vitest';
import { novaPatches, patchedStory } from '../support/carried-patches.ts';
import { imagesRepository } from '../support/pinwheel.ts';
import { serveOpenStack } from '../support/small-openstack.ts';

interface Checked {
  readonly carry?: readonly {
    component: string;
    patch: string;
    series: string;
    on: readonly { series: string; ref: string; verdict: string; firstTag?: string }[];
  }[];
  readonly findings: readonly { code: string; message: string; remedy: string }[];
  readonly failed: readonly { what: string }[];
}

const pins = {
  'releases/2025.1/source-refs.yaml': 'nova: "31.1.0"\nkeystone: "27.0.0"\n',
  'releases/2025.2/source-refs.yaml': 'nova: "32.1.0"\nkeystone: "28.0.1"\n',
};

describe('pinwheel check --carry-forward', () => {
  it('says of each patch where else it is upstream, needed, to be refreshed, in conflict or carried', async () => {
    const { template, dir } = await serveOpenStack(patchedStory);
    const { fix, near, clash, plain } = await novaPatches(dir, 'fix', 'near', 'clash', 'plain');
    const bench = await imagesRepository(
      {
        ...pins,
        'patches/nova/2025.1/0001-fix.patch': fix,
        'patches/nova/2025.1/0002-near.patch': near,
        'patches/nova/2025.1/0003-plain.patch': plain,
        'patches/nova/2025.2/0001-clash.patch': clash,
        'patches/nova/2025.2/0002-plain.patch': plain,
      },
      template,
    );
    const checked = await bench.json<Checked>('check', '--carry-forward');
    expect(
      checked.carry?.map(({ patch, series, on }) => {
        const answers = on.map((answer) => `${answer.series} ${answer.ref} ${answer.verdict}`);
        return [series, patch.slice(patch.lastIndexOf('/') + 1), ...answers];
      }),
    ).toEqual([
      ['2025.1', '0001-fix.patch', '2025.2 32.1.0 already-upstream'],
      ['2025.1', '0002-near.patch', '2025.2 32.1.0 refreshable'],
      ['2025.1', '0003-plain.patch', '2025.2 32.1.0 carried'],
      ['2025.2', '0001-clash.patch', '2025.1 31.1.0 conflict'],
      ['2025.2', '0002-plain.patch', '2025.1 31.1.0 carried'],
    ]);
    expect(checked.carry?.[0]?.on[0]).toMatchObject({ by: 'change-id', firstTag: '32.1.0' });
    expect(checked.carry?.[2]?.on[0]).toMatchObject({
      carriedAs: 'patches/nova/2025.2/0002-plain.patch',
    });
    expect(siblings(checked)).toEqual([
      'nova: 2025.1 carries 0002-near.patch, and 2025.2 does not; carry it in 2025.2 as well',
      'nova: 2025.2 carries 0001-clash.patch, and 2025.1 does not; carry it in 2025.1 as well',
    ]);
    const { stdout } = await bench.run('check', '--carry-forward', '--component', 'nova');
    expect(stdout).toMatch(/component +│ patch +│ 2025\.1 +│ 2025\.2 /);
    expect(stdout).toMatch(/0001-fix\.patch +│ here +│ upstream since 32\.1\.0 /);
    expect(stdout).toMatch(/0003-plain\.patch +│ here +│ carried as 0002-plain\.patch /);

    const plainCheck = await bench.json<Checked>('check');
    expect(plainCheck).not.toHaveProperty('carry');
    expect(siblings(plainCheck)).toContain(
      'nova: 2025.1 carries 0001-fix.patch, and 2025.2 does not; carry it in 2025.2 as well, unless the source there has it',
    );
  });

  it('compares series, and so wants two of them, as they are and where they are', async () => {
    const { template } = await serveOpenStack(patchedStory);
    const bench = await imagesRepository(pins, template);
    const wrong = [
      [['--series', '2025.2'], /only 2025\.2 is looked at; name another --series, or none/],
      [['--at', '32.1.0'], /and --at changes that; run one after the other/],
      [['--fix'], /and --fix changes that; run one after the other/],
    ] as const;
    for (const [args, words] of wrong) {
      const { code, stderr } = await bench.run('check', '--carry-forward', ...args);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) as string });
    }
    expect((await bench.json<Checked>('check', '--carry-forward')).carry).toEqual([]);
  });
});

function siblings({ findings }: Checked): readonly string[] {
  return findings
    .filter(({ code }) => code === 'patch-not-in-sibling')
    .map(({ message, remedy }) => `${message}; ${remedy}`);
}
