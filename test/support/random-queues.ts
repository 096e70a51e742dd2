import fc from 'fast-check';
import type { FileContent } from '../../sandbox/fast-import.ts';

/*
 * Small trees and what may happen to them, for queues of patches that are made on one state and tried on
 * another.
 */

type Content = Exclude<FileContent, string | Uint8Array>;
export type Tree = ReadonlyMap<string, Content>;

const texts = ['a', 'b', 'd/c'];
const lineCount = 16;

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function file(content: string | Uint8Array, mode: Content['mode'] = 'file'): Content {
  return { mode, content };
}

/** Three texts of numbered lines, one that is not text, and a symlink. */
export const firstTree: Tree = new Map<string, Content>([
  ...texts.map((name) => {
    const lines = Array.from({ length: lineCount }, (_, n) => `${name} ${n}`);
    return [name, file(text(lines))] as const;
  }),
  ['data', file(Buffer.from([0, 1, 2, 3, 255, 254]))],
  ['link', file('a', 'symlink')],
]);

/** Mostly the same file, so that changes meet. */
const names = fc.constantFrom('a', 'a', 'a', 'd/c', 'd/c', 'b');

/** One step of a tree to the next. */
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      name: names,
      at: fc.nat(lineCount - 1),
      drop: fc.nat(2),
      lines: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    }),
  },
  fc.record({
    kind: fc.constantFrom('delete' as const, 'rename' as const, 'copy' as const, 'mode' as const),
    name: fc.constantFrom(...texts, 'data'),
  }),
  fc.record({ kind: fc.constantFrom('cut' as const), name: names }),
  fc.record({ kind: fc.constant('data' as const), name: fc.constant('data'), byte: fc.nat(255) }),
  fc.record({
    kind: fc.constant('add' as const),
    name: fc.constantFrom('new', 'd/new', 'näw'),
    content: fc.constantFrom('one\n', 'two\n', 'no end', ''),
  }),
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

export const someSteps = fc.array(step, { minLength: 1, maxLength: 3 });

export function afterSteps(tree: Tree, steps: readonly Step[]): Tree {
  const next = new Map(tree);
  for (const one of steps) takeStep(next, one);
  return next;
}

function takeStep(tree: Map<string, Content>, step: Step): void {
  if (step.kind === 'add') {
    tree.set(step.name, file(step.content));
    return;
  }
  const old = tree.get(step.name);
  if (!old) return;
  if (step.kind === 'delete' || step.kind === 'rename') tree.delete(step.name);
  if (step.kind === 'rename' || step.kind === 'copy') tree.set(`${step.name}-${step.kind}`, old);
  if (step.kind === 'mode') tree.set(step.name, { ...old, mode: 'executable' });
  if (step.kind === 'data') {
    tree.set(step.name, { ...old, content: Buffer.from([0, step.byte, 7, 7, 7, step.byte]) });
  }
  if (typeof old.content !== 'string') return;
  if (step.kind === 'cut') tree.set(step.name, { ...old, content: old.content.trimEnd() });
  if (step.kind === 'edit') {
    const lines = old.content.replace(/\n$/, '').split('\n');
    const edited = text(lines.toSpliced(step.at, step.drop, ...step.lines));
    tree.set(step.name, { ...old, content: edited });
  }
}

/** What a commit has to say to make one tree of the other. */
export function filesBetween(
  before: Tree,
  after: Tree,
): Readonly<Record<string, FileContent | null>> {
  const gone = [...before.keys()].filter((path) => !after.has(path));
  return Object.fromEntries([...gone.map((path) => [path, null] as const), ...after]);
}
