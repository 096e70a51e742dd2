import fc from 'fast-check';
import type { FileContent } from '../../sandbox/fast-import.ts';

/** A small tree, and what a random edit makes of it; every line that is changed is in no other place. */
export interface RandomEdit {
  readonly before: Readonly<Record<string, FileContent>>;
  readonly after: Readonly<Record<string, FileContent>>;
}

interface TextFile {
  readonly lines: readonly string[];
  readonly ending: '\n' | '\r\n';
  readonly finalNewline: boolean;
  readonly executable: boolean;
}

const names = ['plain', 'd/naïve Datei.txt', 'crlf.ini', 'no-newline', 'd/deep/文件', 'run me.sh'];

const start: readonly (readonly [name: string, file: TextFile])[] = names.map((name) => [
  name,
  {
    lines: Array.from({ length: 16 }, (_, at) => `${name} ${at}`),
    ending: name.startsWith('crlf') ? '\r\n' : '\n',
    finalNewline: name !== 'no-newline',
    executable: name.endsWith('.sh'),
  },
]);

/** Texts of lines are made from the place and a letter, so that no two are the same. */
const lineEdits = fc.array(
  fc.record({ at: fc.nat(15), drop: fc.nat(2), add: fc.subarray(['x', 'y', 'z']) }),
  { maxLength: 3 },
);

const fileEdit = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'keep' as const }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      lines: lineEdits,
      rename: fc.option(fc.constantFrom('moved/', 'd/ünter ')),
      toggleMode: fc.boolean(),
      toggleNewline: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'delete' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'become folder' as const }) },
);
type FileEdit = typeof fileEdit extends fc.Arbitrary<infer T> ? T : never;

const bytes = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((body) => Buffer.from([0, ...body]));

const otherEdits = fc.record({
  added: fc.subarray(['new', 'd/new one', 'neu/ж.py', 'empty', 'tool.sh']),
  binary: fc.option(bytes),
  addedBinary: fc.option(bytes),
  link: fc.constantFrom('plain', 'd/deep', 'nowhere'),
});

/** Edits of lines, modes, names, symlinks and binary files, files that come and files that go. */
export function randomEdits(): fc.Arbitrary<RandomEdit> {
  const edits = fc.tuple(...names.map(() => fileEdit));
  return fc.record({ edits, others: otherEdits }).map(({ edits: perFile, others }) => {
    const before: Record<string, FileContent> = {
      'data.bin': Buffer.from([0, 1, 2, 3]),
      link: { mode: 'symlink', content: 'plain' },
      far: 'far\n',
    };
    const after: Record<string, FileContent> = {
      ...before,
      'data.bin': others.binary ?? Buffer.from([0, 1, 2, 3]),
      link: { mode: 'symlink', content: others.link },
      ...(others.addedBinary && { 'neu/data.bin': others.addedBinary }),
    };
    for (const [index, [name, file]] of start.entries()) {
      before[name] = written(file);
      Object.assign(after, edited(name, file, perFile[index] ?? { kind: 'keep' }));
    }
    for (const name of others.added) {
      const content = name === 'empty' ? '' : `${name}\nis new\n`;
      after[name] = { mode: name.endsWith('.sh') ? 'executable' : 'file', content };
    }
    return { before, after };
  });
}

function edited(
  name: string,
  file: TextFile,
  edit: FileEdit,
): Readonly<Record<string, FileContent>> {
  switch (edit.kind) {
    case 'keep':
      return { [name]: written(file) };
    case 'delete':
      return {};
    case 'become folder':
      return { [`${name}/inside`]: `${name} inside\n` };
    case 'edit': {
      let lines = file.lines;
      for (const { at, drop, add } of edit.lines) {
        const fresh = add.map((letter) => `${name} ${at} ${drop} ${letter}`);
        // The same edit twice would bring the same lines twice.
        if (!fresh.some((line) => lines.includes(line)))
          lines = lines.toSpliced(at, drop, ...fresh);
      }
      const { toggleMode, toggleNewline, rename } = edit;
      return {
        [`${rename ?? ''}${name}`]: written({
          lines,
          ending: file.ending,
          finalNewline: file.finalNewline !== toggleNewline,
          executable: file.executable !== toggleMode,
        }),
      };
    }
  }
}

function written({ lines, ending, finalNewline, executable }: TextFile): FileContent {
  const content = lines.join(ending) + (finalNewline && lines.length > 0 ? ending : '');
  return { mode: executable ? 'executable' : 'file', content };
}
