import { describe, expect, it } from 'vitest';
import { commitAll, imagesRepository } from '../support/pinwheel.ts';
import type { Bench } from '../support/pinwheel.ts';
import { serveOpenStack, smallRepository } from '../support/small-openstack.ts';

const pins = 'releases/2025.2/source-refs.yaml';
const constraints = 'releases/2025.2/upper-constraints.txt';

/** What is wrong, the files that are so, and the one line that is expected (place first). */
const broken: readonly [string, Readonly<Record<string, string>>, RegExp][] = [
  [
    'an unquoted number',
    { [pins]: 'nova: "32.0.0"\nkeystone: 28.0\n' },
    /source-refs\.yaml:2: .*28\.0.*quotes/,
  ],
  [
    'a duplicate key',
    { [pins]: 'nova: "32.0.0"\nnova: "32.1.0"\n' },
    /source-refs\.yaml:2: .*nova/,
  ],
  ['a tab', { [pins]: '\tnova: "32.0.0"\n' }, /source-refs\.yaml:1: .*tab/i],
  [
    'a commit of 39 digits',
    { [pins]: `nova: "${'a1'.repeat(19)}b"\n` },
    /source-refs\.yaml:1: .*39/,
  ],
  [
    'a ref that begins with a hyphen',
    { [pins]: 'nova: "--upload-pack=x"\n' },
    /source-refs\.yaml:1: /,
  ],
  [
    'an unknown series folder',
    { 'releases/latest/source-refs.yaml': 'nova: "1.0.0"\n' },
    /releases\/latest/,
  ],
  [
    'a line that is no constraint',
    { [constraints]: 'six===1.0\nrequests>=2\n' },
    /upper-constraints\.txt:2: /,
  ],
  [
    'an override that is none',
    { 'overrides/2025.2/constraints.txt': 'a===1\nb @ git+https://x/y\n' },
    /constraints\.txt:2: /,
  ],
  [
    'a policy with an unknown key',
    { '.github/pinwheel.yml': 'bulids: bot\n' },
    /pinwheel\.yml:1: .*builds/,
  ],
  [
    'extra packages with an option',
    { 'releases/2025.2/extra-packages.yaml': 'nova:\n  pip_packages: ["--index-url=x"]\n' },
    /extra-packages\.yaml:2: /,
  ],
];

async function start(files: Readonly<Record<string, string>>): Promise<Bench> {
  const { template } = await serveOpenStack();
  const bench = await imagesRepository({ ...smallRepository, ...files }, template);
  await commitAll(bench, 'as it is');
  return bench;
}

describe('a broken file', () => {
  it.each(broken)(
    '%s is one line for every command, exit 2, and nothing is written',
    async (_, files, line) => {
      const bench = await start(files);
      for (const command of [['update', '--write'], ['check'], ['plan', '--all']]) {
        const { code, stdout, stderr } = await bench.run(...command);
        const lines = `${stdout}${stderr}`.split('\n').filter((one) => /:\d+: /.test(one));
        expect([command[0], code, lines]).toEqual([command[0], 2, [expect.stringMatching(line)]]);
        expect(lines[0]).toMatch(/; \S.* \[[a-z-]+\]$/);
      }
      expect(await bench.git('status', '--porcelain')).toBe('');
    },
  );
});

describe('a component that does not exist', () => {
  const typo = { [pins]: 'nova: "32.0.0"\nkeystne: "28.0.0"\n' };

  it('is a finding with the name that was meant', async () => {
    const bench = await start(typo);
    const { code, stdout } = await bench.run('check');
    expect(stdout).toMatch(/source-refs\.yaml:2: keystne: .*did you mean keystone/);
    expect(code).toBe(1);
  });

  it('is held, and the rest moves', async () => {
    const bench = await start(typo);
    const { moves, held } = await bench.json<{ moves: object[]; held: object[] }>('update');
    expect(moves).toContainEqual(
      expect.objectContaining({ component: 'nova', to: '32.2.1', series: '2025.2' }),
    );
    expect(held).toContainEqual(
      expect.objectContaining({ component: 'keystne', code: 'unknown-component' }),
    );
  });
});

describe('a wrong word on the command line', () => {
  it.each([
    ['an unknown command', ['updte'], /update/],
    ['an unknown option', ['update', '--wirte'], /--write/],
    ['a plan of nothing', ['plan'], /--all/],
    ['a cell that is not there', ['plan', '--cell', 'nova/2031.1'], /nova\/2025\.2/],
    ['an unknown series', ['constraints', '2031.1'], /2025\.1, 2025\.2/],
    ['an unknown revision', ['plan', '--base', 'no-such-branch'], /no-such-branch/],
    ['a series to check that is not there', ['check', '--series', '2025.3'], /2025\.2/],
    [
      'a short commit for tags',
      ['tags', 'nova', '2025.2', '--branch', 'main', '--sha', 'abc'],
      /40/,
    ],
    [
      'tags without a branch',
      ['tags', 'nova', '2025.2', '--branch', '', '--sha', 'a'.repeat(40)],
      /--branch is empty/,
    ],
  ] as const)('%s is exit 2 and says what there is', async (_, args, words) => {
    const bench = await start({});
    const { code, stderr } = await bench.run(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('is a template without a component, or with a protocol that runs programs', async () => {
    const bench = await imagesRepository(smallRepository, 'ext::sh -c touch% /tmp/x {component}');
    expect(await bench.run('update')).toMatchObject({ code: 2 });
  });
});

describe('an upstream that does not answer as it should', () => {
  it.each([
    ['down', { kind: 'down' }],
    ['answering HTML', { kind: 'html' }],
    ['a server error', { kind: 'status', status: 500 }],
  ] as const)('%s is a held reason and exit 3', async (_, fault) => {
    const { template, server } = await serveOpenStack();
    server.faults.set('/nova', fault);
    const bench = await imagesRepository(smallRepository, template);
    const { code, stdout } = await bench.run('update', '--json');
    const { held } = JSON.parse(stdout) as { held: { component: string; code: string }[] };
    expect(code).toBe(3);
    expect(held).toContainEqual(
      expect.objectContaining({ component: 'nova', code: 'unreachable' }),
    );
  });
});

describe('a folder without an images repository', () => {
  it('is a usage error for every command that reads the working tree', async () => {
    const bench = await imagesRepository(
      { 'README.md': 'not here' },
      'file:///nowhere/{component}',
    );
    for (const command of [['check'], ['update'], ['lock'], ['plan', '--all']]) {
      expect(await bench.run(...command)).toEqual({
        code: 2,
        stdout: '',
        stderr:
          'pinwheel: there is no releases/<series>/ here; go to the images repository, or name it with --repo\n',
      });
    }
  });
});

describe('a pin of what upstream does not have', () => {
  it('is a mistake of the repository, for every command that resolves it', async () => {
    const { template } = await serveOpenStack();
    const bench = await imagesRepository(smallRepository, template);
    await bench.run('update', '--write');
    await bench.run('lock');
    await bench.write({ 'releases/2025.1/source-refs.yaml': 'nova: "feature/gone"\n' });
    const line = 'releases/2025.1/source-refs.yaml:1: nova feature/gone: ';
    for (const command of [['lock'], ['plan', '--all']]) {
      const { code, stderr } = await bench.run(...command);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(line) as string,
      });
    }
    expect(await bench.run('update', '--write')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a base that is broken', () => {
  it('does not keep the change that mends it from being planned', async () => {
    const { template } = await serveOpenStack();
    const bench = await imagesRepository(smallRepository, template);
    await bench.run('lock');
    await bench.write({ 'releases/2026.1/source-refs.yaml': 'nova: 28.0\n' });
    await commitAll(bench, 'broken');
    await bench.write({ 'releases/2026.1/source-refs.yaml': '' });
    const { code, stdout, stderr } = await bench.run('plan', '--base', 'HEAD');
    expect(code).toBe(0);
    expect(stdout).toContain('new: the base has no such image');
    expect(stderr).toContain('HEAD cannot be used (releases/2026.1/source-refs.yaml:1: nova: 28.0');
  });
});
