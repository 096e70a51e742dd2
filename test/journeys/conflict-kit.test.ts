import { chmod, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitEnvironment } from '../../sandbox/git.ts';
import type { OpenStackStory } from '../../sandbox/openstack-story.ts';
import { formatPatches } from '../support/carried-patches.ts';
import { imagesRepository, runToEnd, temporaryFolder } from '../support/pinwheel.ts';
import type { Bench, Ran } from '../support/pinwheel.ts';
import { serveOpenStack } from '../support/small-openstack.ts';

interface Checked {
  readonly patches: readonly {
    readonly patch: string;
    readonly verdict: string;
    readonly conflicts?: readonly {
      readonly path: string;
      readonly cause?: string;
      readonly commits: readonly { readonly subject: string; readonly firstTag?: string }[];
    }[];
    readonly commands?: readonly string[];
  }[];
}

/** Forty lines; those that are named are something else. */
function fortyLines(changed: Readonly<Record<number, string>> = {}): string {
  return Array.from({ length: 40 }, (_, n) => `${changed[n] ?? `line ${n}`}\n`).join('');
}

function crlf(changed: Readonly<Record<number, string>> = {}): string {
  return fortyLines(changed).replaceAll('\n', '\r\n');
}

/** From 32.0.0 to 32.1.0 every file changes, in the middle or as a whole. */
const story: OpenStackStory = {
  series: [{ id: '2025.2', name: 'flamingo', status: 'maintained', initialRelease: '2025-10-01' }],
  components: [
    {
      name: 'nova',
      files: {
        'quiet.py': fortyLines(),
        'near.py': fortyLines(),
        'clash.py': fortyLines(),
        "a 'b' $(touch pwned).py": fortyLines(),
        'moved.py': fortyLines(),
        'gone.py': fortyLines().replaceAll('line', 'gone'),
        'dos.txt': crlf(),
        'plain.py': fortyLines(),
        'far.py': fortyLines(),
      },
      lines: {
        '2025.2': [
          '32.0.0',
          {
            version: '32.1.0',
            commits: [
              {
                message: 'Change the twentieth\n',
                files: {
                  'near.py': fortyLines({ 23: 'theirs' }),
                  'clash.py': fortyLines({ 20: 'theirs' }),
                  "a 'b' $(touch pwned).py": fortyLines({ 20: 'theirs' }),
                  'dos.txt': crlf({ 20: 'theirs' }),
                  'plain.py': fortyLines({ 20: 'theirs' }),
                  'far.py': fortyLines({ 20: 'theirs' }),
                },
              },
              {
                message: 'Move it\n',
                files: { 'moved.py': null, 'folder/new.py': fortyLines({ 2: 'x' }) },
              },
              { message: 'Remove it\n', files: { 'gone.py': null } },
            ],
          },
        ],
      },
    },
  ],
};

/** Takes the patch's side of every conflict, and makes the change by hand where git left none. */
const resolve = `#!/bin/bash
set -e
awk '/^<<<<<<< /{skip=1;next} /^=======\\r?$/{if(skip){skip=0;next}} /^>>>>>>> /{next} !skip' "$1" > "$1.resolved"
if [ -f "$1.rej" ]; then sed -i.orig 's/^theirs/ours/' "$1.resolved"; rm "$1.resolved.orig"; fi
cat "$1.resolved" > "$1"
rm "$1.resolved"
`;

async function paste(bench: Bench, commands: readonly string[], editor = resolve): Promise<Ran> {
  const file = join(await temporaryFolder(), 'editor');
  await writeFile(file, editor);
  await chmod(file, 0o755);
  // What the commands make with mktemp goes away with the test.
  const env = { ...gitEnvironment(), GIT_EDITOR: file, TMPDIR: dirname(file) };
  return runToEnd('bash', ['-c', commands.join('\n')], { env, cwd: bench.dir });
}

async function verdictsOf(bench: Bench): Promise<Readonly<Record<string, string>>> {
  const { patches } = await bench.json<Checked>('check', '--component', 'nova');
  return Object.fromEntries(
    patches.map(({ patch, verdict }) => [patch.slice('patches/nova/2025.2/'.length), verdict]),
  );
}

function withoutHeader(patch: string): string {
  return patch.slice(patch.indexOf('diff --git'));
}

/** As if it had been made on a source that nobody has. */
function baseless(patch: string): string {
  return patch.replace(/^index [0-9a-f]+/gm, 'index 1234567');
}

const ours = fortyLines({ 20: 'ours' });

async function carried(dir: string): Promise<Readonly<Record<string, string>>> {
  async function made(message: string, files: Readonly<Record<string, string>>): Promise<string> {
    const author = 'Ann Other <ann@example.org>';
    const [text = ''] = await formatPatches(join(dir, 'nova'), '32.0.0', [
      { message, files, author },
    ]);
    return text;
  }
  const queue = {
    '0001-applies.patch': withoutHeader(await made('Quiet\n', { 'quiet.py': ours })),
    '0002-near.patch': await made('Near\n', { 'near.py': ours }),
    '0003-clash.patch': await made('[stable-only] Clash\n\nWhy.\n', { 'clash.py': ours }),
    '0004-it\'s $(touch pwned) "so";&.patch': await made('Odd names\n', {
      "a 'b' $(touch pwned).py": ours,
    }),
    '0005-moved.patch': await made('Moved\n', { 'moved.py': ours }),
    '0006-gone.patch': await made('Gone\n', { 'gone.py': ours.replaceAll('line', 'gone') }),
    '0007-dos.patch': await made('Dos\n', { 'dos.txt': crlf({ 20: 'ours' }) }),
    '0008-plain_diff.patch': withoutHeader(await made('Plain\n', { 'plain.py': ours })),
    '0009-far.patch': baseless(
      await made('Far\n', { 'far.py': fortyLines({ 1: 'ours', 20: 'ours' }) }),
    ),
  };
  return Object.fromEntries(
    Object.entries(queue).map(([name, text]) => [`patches/nova/2025.2/${name}`, text]),
  );
}

describe('the commands of a conflict', () => {
  it('rebuild the patch when they are pasted into a shell, whatever is in the way', async () => {
    const { template, dir } = await serveOpenStack(story);
    const bench = await imagesRepository(
      { 'releases/2025.2/source-refs.yaml': 'nova: "32.1.0"\n', ...(await carried(dir)) },
      template,
    );
    const { patches } = await bench.json<Checked>('check', '--component', 'nova');
    const conflicts = patches.filter(({ verdict }) => verdict === 'conflict');
    expect(
      conflicts.flatMap(({ conflicts: places = [] }) =>
        places.map(({ path, cause, commits }) => [
          path,
          cause,
          ...commits.map(({ subject, firstTag }) => `${subject} ${firstTag}`),
        ]),
      ),
    ).toEqual([
      ['clash.py', 'changed', 'Change the twentieth 32.1.0'],
      ["a 'b' $(touch pwned).py", 'changed', 'Change the twentieth 32.1.0'],
      ['moved.py', 'moved', 'Move it 32.1.0'],
      ['gone.py', 'removed', 'Remove it 32.1.0'],
      ['dos.txt', 'changed', 'Change the twentieth 32.1.0'],
      ['plain.py', 'changed', 'Change the twentieth 32.1.0'],
      ['far.py', 'base-unknown'],
    ]);
    for (const { patch, commands = [] } of conflicts) {
      const ran = await paste(bench, commands);
      expect({ patch, ...ran }).toMatchObject({ patch, code: 0 });
    }
    expect(await verdictsOf(bench)).toEqual({
      '0001-applies.patch': 'applies',
      '0002-near.patch': 'refreshable',
      '0003-clash.patch': 'applies',
      '0004-it\'s $(touch pwned) "so";&.patch': 'applies',
      '0005-moved.patch': 'applies',
      '0006-gone.patch': 'applies',
      '0007-dos.patch': 'applies',
      '0008-plain_diff.patch': 'applies',
      '0009-far.patch': 'applies',
    });
    const clash = await bench.read('patches/nova/2025.2/0003-clash.patch');
    expect(clash).toMatch(
      /^From 0{40} .*\nFrom: Ann Other .*\nDate: .*\nSubject: \[PATCH\] \[stable-only\] Clash\n\nWhy\.\n/,
    );
    expect(clash).toContain('-theirs\n+ours\n');
    const moved = await bench.read('patches/nova/2025.2/0005-moved.patch');
    expect(moved).toContain('diff --git a/folder/new.py b/folder/new.py');
    const dos = await bench.read('patches/nova/2025.2/0007-dos.patch');
    expect(dos).toContain('-theirs\r\n+ours\r\n');
    const plain = await bench.read('patches/nova/2025.2/0008-plain_diff.patch');
    expect(plain).toContain('Subject: [PATCH] plain diff\n');
    const far = await bench.read('patches/nova/2025.2/0009-far.patch');
    expect(far).toContain('-line 1\n+ours\n');
    expect(far).not.toContain('.rej');
    expect(await readFile(join(bench.dir, 'pwned')).catch(() => 'nothing')).toBe('nothing');
  }, 60_000);

  it('leave the patch as it is while the conflict is not resolved', async () => {
    const { template, dir } = await serveOpenStack(story);
    const all = await carried(dir);
    const path = 'patches/nova/2025.2/0003-clash.patch';
    const bench = await imagesRepository(
      { 'releases/2025.2/source-refs.yaml': 'nova: "32.1.0"\n', [path]: all[path] ?? '' },
      template,
    );
    const { stdout, code } = await bench.run('check', '--component', 'nova');
    expect(code).toBe(1);
    expect(stdout).toContain(
      `To rebuild ${path} by hand, paste this in the folder of the images repository:\n    src=$(mktemp -d)\n`,
    );
    expect(stdout).toContain(`upstream's `);
    expect(stdout).toContain('"Change the twentieth" (32.1.0) changed these lines');
    const { patches } = await bench.json<Checked>('check', '--component', 'nova');
    const ran = await paste(bench, patches[0]?.commands ?? [], '#!/bin/sh\n');
    expect(ran.code).not.toBe(0);
    expect(ran.stdout).toMatch(/^clash\.py:\d+:<<<<<<< /m);
    expect(await bench.read(path)).toBe(all[path]);
  });
});
