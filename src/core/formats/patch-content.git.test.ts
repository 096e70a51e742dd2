import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGit } from '../../../sandbox/git.ts';
import { clonesFolder, describeWithUpstreamData } from '../../../test/support/upstream-data.ts';
import type { PatchedFile } from '../model/patch-content.ts';
import { readPatch } from './patch-content.ts';

/*
 * git is the law: what it would do to which files is what readPatch says, and what git cannot read is
 * damaged here.
 */

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinwheel-patch-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Read {
  readonly numbers: string;
  readonly changes: readonly string[];
}

/** What git reads in a patch; `undefined` where it gives up. */
async function gitReads(patch: Uint8Array): Promise<Read | undefined> {
  const apply = ['-C', folder, '-c', 'core.quotePath=false', 'apply', '-p1'];
  const [numbers, summary] = await Promise.all(
    ['--numstat', '--summary'].map((how) =>
      runGit([...apply, how, '-z', '-'], patch).catch(() => undefined),
    ),
  );
  if (numbers === undefined || summary === undefined) return undefined;
  return { numbers, changes: summary.split('\n').flatMap((line) => plainChange(line) ?? []) };
}

/** Of a rename git prints the names in pieces, so that only its likeness is compared. */
function plainChange(line: string): string | undefined {
  const moved = / (rename|copy) .* \((\d+)%\)$/.exec(line);
  if (moved) return `${moved[1] ?? ''} ${moved[2] ?? ''}`;
  return /^ (?:create|delete|mode change) /.test(line) ? line.slice(1) : undefined;
}

function weRead(files: readonly PatchedFile[]): Read {
  const numbers = files.map((file) => {
    const [added, removed] = file.binary ? ['-', '-'] : [file.addedLines, file.removedLines];
    return `${added}\t${removed}\t${file.newPath ?? file.oldPath ?? ''}\0`;
  });
  return { numbers: numbers.join(''), changes: files.flatMap(changesOf) };
}

function changesOf(file: PatchedFile): readonly string[] {
  const { change, oldPath = '', newPath = '', oldMode, newMode, similarity } = file;
  if (change === 'add') return [`create ${modeWords(newMode)}${newPath}`];
  if (change === 'delete') return [`delete ${modeWords(oldMode)}${oldPath}`];
  const turns = oldMode !== undefined && newMode !== undefined && oldMode !== newMode;
  const turn = turns ? `mode change ${oldMode} => ${newMode}` : '';
  if (change === 'modify') return turns ? [`${turn} ${newPath}`] : [];
  return [`${change} ${similarity ?? 0}`, ...(turns ? [turn] : [])];
}

function modeWords(digits = ''): string {
  return digits === '' ? '' : `mode ${digits.padStart(6, '0')} `;
}

/** git does not call it a rename where only the names say so. */
function withoutRenames(read: Read | undefined): Read | undefined {
  const changes = read?.changes.filter((change) => !/^(?:rename|mode change) /.test(change));
  return read && { ...read, changes: changes ?? [] };
}

describeWithUpstreamData('the content of the tiny patches and git', (data) => {
  const tiny = join(data, 'patches/tiny');

  it('are one', async () => {
    const names = await readdir(tiny);
    expect(names).toHaveLength(26);
    for (const name of names) {
      const bytes = await readFile(join(tiny, name));
      const { value, problems } = readPatch(bytes, name);
      const git = await gitReads(bytes);
      expect(problems.length > 0 ? undefined : weRead(value.files), name).toEqual(git);
    }
  });

  it('are one when lines are lost, doubled or put in', async () => {
    const names = (await readdir(tiny)).filter((name) => !name.includes('binary'));
    const texts = await Promise.all(names.map((name) => readFile(join(tiny, name), 'latin1')));
    const strange = [
      ...[
        'diff --git a/x b/x\n',
        'diff --git "a/x\\t" "b/x\\t"\n',
        'rename from x\n',
        '-a\n',
        '+b\n',
      ],
      ...[
        'copy to "y\\303"\n',
        'old mode 100644\n',
        'new mode 100755\n',
        'deleted file mode 100644\n',
      ],
      ...[
        'new file mode 120000\n',
        '--- a/x 2010-07-05\n',
        '+++ b/x.orig\n',
        '--- /dev/null\n',
        ' c\n',
      ],
      ...[
        '@@ -1 +1 @@\n',
        '@@ -0,0 +1 @@\n',
        '\\ No newline at end of file\n',
        '\n',
        '+++ b/x\r\n',
      ],
      ...['index 1234..2345 100644\n', 'similarity index 90%\n', 'rename old a//x\n', '--- x\n'],
    ];
    const edit = fc.record({
      at: fc.nat(60),
      cut: fc.nat(1),
      put: fc.subarray(strange, { maxLength: 2 }),
    });
    const edits = fc.tuple(fc.constantFrom(...texts), fc.array(edit, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(edits, async ([text, changes]) => {
        const lines = text.split(/(?<=\n)/);
        for (const { at, cut, put } of changes) lines.splice(at % (lines.length + 1), cut, ...put);
        const bytes = Buffer.from(lines.join(''), 'latin1');
        const { value, problems } = readPatch(bytes, 'a.patch');
        // What git sees only when it applies a patch, or takes in its stride.
        if (problems.some(({ message }) => /nothing to it|two different/.test(message))) return;
        const ours = problems.length > 0 ? undefined : weRead(value.files);
        expect(withoutRenames(ours)).toEqual(withoutRenames(await gitReads(bytes)));
      }),
      { numRuns: 150 },
    );
  });
});

describe('names in patches', () => {
  it('come back from the quotes that git puts around them', async () => {
    const repository = join(folder, 'names.git');
    await runGit(['init', '-q', '--bare', repository]);
    const git = ['--git-dir', repository];
    const empty = (await runGit([...git, 'hash-object', '-w', '--stdin'], '')).trim();
    const letters = fc.constantFrom(
      ...'ab ü"\\\t\n\r\u0001\u007f日\u{1f600}.:-é%'.split(''),
      '\u200d',
    );
    const name = fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: letters, minLength: 1 }));
    const names = fc
      .sample(fc.array(name, { minLength: 1, maxLength: 3 }), { numRuns: 400, seed: 3 })
      .map((parts) => parts.map((part) => part.replace(/[\0/]|\p{Cs}/gu, '_')).join('/'))
      .map((path, index) => `${index}-${path}-`);
    const entries = names.map((path) => `100644 ${empty} 0\t${path}\0`).join('');
    await runGit([...git, 'update-index', '-z', '--index-info'], entries);
    const tree = (await runGit([...git, 'write-tree'])).trim();
    const nothing = (await runGit([...git, 'mktree'], '')).trim();
    for (const quotePath of ['true', 'false']) {
      const quoted = ['-c', `core.quotePath=${quotePath}`, 'diff-tree', '-p', '-r'];
      const patch = await runGit([...git, ...quoted, nothing, tree]);
      const { value, problems } = readPatch(Buffer.from(patch), 'a.patch');
      expect(problems).toEqual([]);
      expect(new Set(value.files.map(({ newPath }) => newPath))).toEqual(new Set(names));
    }
  });
});

describe('the content of real patches and git', () => {
  it('are one for the newest 300 commits of each clone', async (context) => {
    if (clonesFolder === undefined) {
      context.skip('skipped: PINWHEEL_CLONES names no folder of clones');
      return;
    }
    for (const name of await readdir(clonesFolder)) {
      const git = ['--git-dir', join(clonesFolder, name)];
      const log = ['log', '--all', '--no-merges', '-300', '--format=%H'];
      const commits = (await runGit([...git, ...log])).trim().split('\n');
      for (const commit of commits) {
        const bytes = Buffer.from(await runGit([...git, 'format-patch', '-1', '--stdout', commit]));
        const { value, problems } = readPatch(bytes, `${name} ${commit}`);
        expect(problems).toEqual([]);
        expect(weRead(value.files), commit).toEqual(await gitReads(bytes));
      }
    }
  }, 600_000);
});
