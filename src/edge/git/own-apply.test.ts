import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrialPatch } from '../../../test/support/trial-patches.ts';
import { applyPatch } from './apply-patch.ts';
import type { Workshop } from './apply-patch.ts';
import type { IndexEntry } from './index-file.ts';
import { runGit } from './git.ts';
import { writeBlob } from './write-blob.ts';
import { applyOwn } from './own-apply.ts';
import { ensureStore, openOverlay } from './store.ts';
import type { Scratch } from './store.ts';

let folder = '';
let scratch: Scratch;
let shop: Workshop;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinwheel-own-'));
  await ensureStore(join(folder, 'store.git'));
  scratch = await openOverlay(join(folder, 'store.git'));
  shop = { directory: scratch.directory, deadlineMs: 60_000 };
});

afterAll(async () => {
  await scratch.close();
  await rm(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string | { readonly mode: string; readonly text: string }>>;

/** What git and the applier of our own make of a patch. */
async function both(patch: string, files: Files, reverse: boolean) {
  const bytes = Buffer.from(patch);
  const entries = new Map<string, IndexEntry>();
  const contents = new Map<string, Buffer>();
  for (const [path, file] of Object.entries(files)) {
    const { mode, text } = typeof file === 'string' ? { mode: '100644', text: file } : file;
    const object = await writeBlob(shop.directory, Buffer.from(text));
    entries.set(path, { mode, object });
    contents.set(object, Buffer.from(text));
  }
  const question = { patch: readTrialPatch(bytes), reverse, entries };
  const own = applyOwn(question, (blob) => contents.get(blob));
  const git = (await applyPatch(shop, { bytes, reverse }, entries)).fact;
  return { own, git };
}

async function agreed(patch: string, files: Files, reverse = false): Promise<string> {
  const { own, git } = await both(patch, files, reverse);
  if (own.kind !== 'unsure') expect(own.fact).toEqual(git);
  return own.kind;
}

function head(path: string, extra = ''): string {
  return `diff --git a/${path} b/${path}\n${extra}--- a/${path}\n+++ b/${path}\n`;
}

function added(path: string, mode: string, lines: readonly string[]): string {
  const text = lines.map((line) => `+${line}\n`).join('');
  const names = `--- /dev/null\n+++ b/${path}\n`;
  return `diff --git a/${path} b/${path}\nnew file mode ${mode}\n${names}@@ -0,0 +1,${lines.length} @@\n${text}`;
}

const change = '@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n';

describe('applying without git', () => {
  test.each<readonly [string, Files, string]>([
    ['100644', {}, 'applies'],
    ['100755', {}, 'applies'],
    ['120000', {}, 'unsure'],
    ['100644', { 'a/f': '' }, 'fails'],
    ['100644', { a: 'a' }, 'unsure'],
  ])('adds a file without a line as git does: mode %s on %j', async (mode, files, kind) => {
    const empty = `diff --git a/a/f b/a/f\nnew file mode ${mode}\nindex 0000000..e69de29\n`;
    const other = `${head('g')}${change}`;
    for (const patch of [empty, `${empty}${other}`, `${other}${empty}`, `${empty}-- \n2.39.5\n`]) {
      const found = await agreed(patch, { ...files, g: 'a\nb\nc\nd\ne\n' });
      expect(found).toBe(kind);
    }
    const short = empty.replace('e69de29', 'e69de2');
    expect(await agreed(short, files)).toBe('unsure');
  });
  test('leaves a folder that a patch takes for a file to git', async () => {
    const patch = `${head('g')}${change}${added('g/h', '100644', ['h'])}`;
    expect(await agreed(patch, { g: 'a\nb\nc\nd\ne\n' })).toBe('unsure');
  });
  test.each([
    ['a hunk where it says', head('f') + change, { f: 'a\nb\nc\nd\ne\n' }, 'applies'],
    ['a hunk further down', head('f') + change, { f: 'x\ny\na\nb\nc\nd\ne\n' }, 'applies'],
    ['the nearer of two places', head('f') + change, { f: 'b\nc\nd\nx\nb\nc\nd\nx\n' }, 'applies'],
    [
      'of two as near the lower',
      head('f') + change.replaceAll('2,', '4,'),
      { f: 'a\nb\nc\nd\nb\nc\nd\ne\n' },
      'applies',
    ],
    ['no place', head('f') + change, { f: 'a\nb\nx\nd\ne\n' }, 'fails'],
    ['other white space', head('f') + change, { f: 'a\nb \nc\nd\ne\n' }, 'fails'],
    ['no such file', head('f') + change, { g: 'a\nb\nc\nd\n' }, 'fails'],
    [
      'first line not at the start',
      head('f') + '@@ -1,2 +1,2 @@\n-b\n+B\n c\n',
      { f: 'a\nb\nc\nd\n' },
      'fails',
    ],
    [
      'no context below and not at the end',
      head('f') + '@@ -2,2 +2,2 @@\n b\n-c\n+C\n',
      { f: 'a\nb\nc\nd\n' },
      'fails',
    ],
    [
      'no context below, at the end',
      head('f') + '@@ -2,2 +2,2 @@\n b\n-c\n+C\n',
      { f: 'x\na\nb\nc\n' },
      'applies',
    ],
    [
      'a last line without its end',
      head('f') + '@@ -2,2 +2,2 @@\n b\n-c\n+C\n',
      { f: 'a\nb\nc' },
      'fails',
    ],
    ['a new file', added('n', '100755', ['x', 'y']), {}, 'applies'],
    ['a new file that is there', added('n', '100644', ['x']), { n: 'x\n' }, 'fails'],
    ['a new file below a file', added('n/m', '100644', ['x']), { n: 'x\n' }, 'unsure'],
    [
      'another mode than it says',
      head('f', 'index 1234567..89abcde 100644\n') + change,
      { f: { mode: '100755', text: 'a\nb\nc\nd\ne\n' } },
      'unsure',
    ],
    [
      'a mode kept',
      head('f') + change,
      { f: { mode: '100755', text: 'a\nb\nc\nd\ne\n' } },
      'applies',
    ],
    ['a symlink', head('f') + change, { f: { mode: '120000', text: 'a\nb\nc\nd\ne\n' } }, 'unsure'],
    [
      'a line without its end',
      head('f') + '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n',
      { f: 'a' },
      'unsure',
    ],
    ['CRLF', (head('f') + change).replaceAll('\n', '\r\n'), { f: 'a\nb\nc\nd\ne\n' }, 'unsure'],
    ['the same file twice', (head('f') + change).repeat(2), { f: 'a\nb\nc\nd\ne\n' }, 'unsure'],
    [
      'the head of a section in its message',
      'diff --git a/x b/x\n\n' + head('f') + change,
      { f: 'a\nb\nc\nd\ne\n' },
      'unsure',
    ],
    [
      'an empty line of context',
      head('f') + '@@ -1,3 +1,3 @@\n a\n\n-c\n+C\n',
      { f: 'a\n\nc\n' },
      'applies',
    ],
    [
      'a second hunk on lines that the first has left',
      head('f') + '@@ -1,2 +1,2 @@\n-a\n+b\n b\n@@ -2,2 +2,2 @@\n-b\n+c\n b\n',
      { f: 'a\nb\nb\n' },
      'fails',
    ],
  ] as const)('does as git does with %s', async (...[, patch, files, kind]) => {
    expect(await agreed(patch, files)).toBe(kind);
  });

  test.each([
    ['applies', { f: 'x\na\nb\nC\nd\n', g: 'x\nx\na\nb\nC\nd\n' }, 'applies'],
    ['fails', { f: 'x\n' }, 'fails'],
  ] as const)('takes back two files as git does where it %s', async (_, files, kind) => {
    expect(await agreed(head('f') + change + head('g') + change, files, true)).toBe(kind);
  });

  test('does as git does with any edit of lines that look alike, on any other file', async () => {
    const seen = new Map<string, number>();
    const text = fc.array(fc.constantFrom('a', 'b', '', '}'), { minLength: 3, maxLength: 24 });
    const edit = fc.record({
      at: fc.nat(23),
      cut: fc.nat(2),
      put: fc.array(fc.constantFrom('a', 'b', 'z'), { maxLength: 2 }),
    });
    const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
    const context = fc.integer({ min: 0, max: 3 });
    const example = fc.tuple(text, edits, fc.array(edit, { maxLength: 3 }), context, fc.nat(9));
    await fc.assert(
      fc.asyncProperty(example, async ([lines, edits_, drift, around, shift]) => {
        const hunks = await diff(joined(lines), joined(edited(lines, edits_)), around);
        const moved = hunks.replaceAll(
          /^(@@ -\d+(?:,\d+)? \+)(\d+)/gm,
          (_, start: string, line: string) => `${start}${Number(line) + shift}`,
        );
        if (hunks === '') return;
        for (const now of [lines, edited(lines, drift), edited(lines, edits_)]) {
          for (const reverse of [false, true]) {
            const kind = await agreed(head('f') + moved, { f: joined(now) }, reverse);
            seen.set(kind, (seen.get(kind) ?? 0) + 1);
          }
        }
      }),
      { numRuns: Number(process.env['PINWHEEL_RUNS'] ?? 60) },
    );
    expect(seen.get('applies')).toBeGreaterThan(20);
    expect(seen.get('fails')).toBeGreaterThan(20);
  }, 60_000);
});

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly put: readonly string[];
}

function edited(lines: readonly string[], edits: readonly Edit[]): readonly string[] {
  return edits.reduce<readonly string[]>(
    (now, { at, cut, put }) => now.toSpliced(at, cut, ...put),
    lines,
  );
}

/** The hunks alone. */
async function diff(before: string, after: string, context: number): Promise<string> {
  const { directory } = shop;
  const sides = [
    await writeBlob(directory, Buffer.from(before)),
    await writeBlob(directory, Buffer.from(after)),
  ];
  const { stdout } = await runGit(directory, ['diff', `-U${context}`, ...sides]);
  const text = stdout.toString('utf8');
  const start = text.indexOf('\n@@ ');
  return start < 0 ? '' : text.slice(start + 1);
}
