import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { patchStyle } from '../../core/formats/patch-style.ts';
import type { PatchStyle } from '../../core/formats/patch-style.ts';
import { changesBetween } from './apply-patch.ts';
import type { Workshop } from './apply-patch.ts';
import { runGit } from './git.ts';
import { writeIndex } from './index-file.ts';
import type { IndexEntries } from './index-file.ts';
import { writeBlob } from './write-blob.ts';
import { movesOf, otherPaths } from './path-moves.ts';
import type { PathMove } from './path-moves.ts';
import { patchPaths } from './trial-patch.ts';
import type { TrialPatch } from './trial-patch.ts';

/** Two states of the paths of a patch, and maybe of others. */
export interface States {
  readonly before: IndexEntries;
  readonly after: IndexEntries;
}

/**
 * What turns one state of a patch's paths into the other: git's diff, written as the patch is. Renames
 * and copies are those that the patch has, for git alone would find others in another pair of states.
 */
export async function diffAsPatch(
  workshop: Workshop,
  patch: TrialPatch,
  states: States,
): Promise<Buffer> {
  const style = patchStyle(patch.bytes, patch.files);
  const moves = movesOf(patch.files);
  const rest = otherPaths(patchPaths(patch), moves);
  const parts = [await diff(workshop, only(states, rest), options(style))];
  for (const move of moves) {
    parts.push(await diff(workshop, sidesOf(move, states), options(style, move.change)));
  }
  return Buffer.concat(parts);
}

/** What differs between two texts, line by line, without the names of either. */
export async function diffTexts(
  workshop: Workshop,
  before: Uint8Array,
  after: Uint8Array,
): Promise<Buffer> {
  const [from, to] = [
    await writeBlob(workshop.directory, before),
    await writeBlob(workshop.directory, after),
  ];
  const states = { before: textEntry(from), after: textEntry(to) };
  const shown = await diff(workshop, states, { arguments: ['--text', '--no-renames'] });
  const start = shown.indexOf('\n@@ ');
  return start < 0 ? Buffer.alloc(0) : shown.subarray(start + 1);
}

function textEntry(object: string): IndexEntries {
  return new Map([['text', { mode: '100644', object }]]);
}

/** A copy leaves what it is made of as it is. */
function sidesOf({ change, from, to }: PathMove, states: States): States {
  if (change === 'rename') return only(states, [from, to]);
  const { before } = only(states, [from, to]);
  return { before, after: new Map([...before, ...only(states, [to]).after]) };
}

function only({ before, after }: States, paths: readonly string[]): States {
  const wanted = new Set(paths);
  function filtered(entries: IndexEntries): IndexEntries {
    return new Map([...entries].filter(([path]) => wanted.has(path)));
  }
  return { before: filtered(before), after: filtered(after) };
}

interface DiffOptions {
  readonly arguments: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
}

/** However little the two sides of a move have in common: that it is one was decided before. */
const moveArguments = {
  rename: ['--find-renames=1%'],
  copy: ['--find-copies=1%', '--find-copies-harder'],
};

function options(style: PatchStyle, change?: 'rename' | 'copy'): DiffOptions {
  const content = style.binary ? '--binary' : '--text';
  const lengths = [`--unified=${style.context}`, `--abbrev=${style.digits}`];
  const moves = change ? moveArguments[change] : ['--no-renames'];
  return {
    arguments: [content, ...lengths, ...moves],
    config: { 'core.quotePath': style.quotedNames ? 'true' : 'false' },
  };
}

/** Whatever the machine's git is configured to, this is the format that git apply reads. */
const fixed = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

/** From a tree to an index: neither needs a work tree, and so there are no attributes. */
async function diff(
  { directory, deadlineMs }: Workshop,
  { before, after }: States,
  given: DiffOptions,
): Promise<Buffer> {
  if (changesBetween(before, after).length === 0) return Buffer.alloc(0);
  const index = join(directory, `index-${randomUUID()}`);
  const call = { variables: { GIT_INDEX_FILE: index }, deadlineMs };
  try {
    await writeFile(index, writeIndex(before));
    const { stdout: tree } = await runGit(directory, ['write-tree'], call);
    await writeFile(index, writeIndex(after));
    const { config = {} } = given;
    const from = tree.toString('latin1').trim();
    const words = ['diff-index', '--cached', '--patch', ...fixed, ...given.arguments, from, '--'];
    return (await runGit(directory, words, { ...call, config })).stdout;
  } finally {
    await rm(index, { force: true });
  }
}
