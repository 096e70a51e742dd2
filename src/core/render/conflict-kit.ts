import type { ConflictKit } from '../model/conflict-origin.ts';
import type { PatchFile, PatchQueue } from '../model/patch.ts';
import type { JudgedQueue, PatchConflict, PatchVerdict } from '../model/patch-verdict.ts';
import { shownName } from './patch-words.ts';
import { shellWord } from './shell.ts';

type Conflict = Extract<PatchVerdict, { readonly verdict: 'conflict' }>;

/** All that the commands go by, besides the verdicts. */
export interface KitSource {
  readonly queue: PatchQueue;
  /** The component's repository. */
  readonly url: string;
  /** By path of a patch, the blobs that a 3-way merge of it needs; missing where they are not known. */
  readonly preImages: ReadonlyMap<string, readonly string[]>;
}

/** How to rebuild each patch of a queue that conflicts. */
export function conflictKits(judged: JudgedQueue, source: KitSource): readonly ConflictKit[] {
  return judged.verdicts.flatMap((verdict, index) => {
    if (verdict.verdict !== 'conflict' || verdict.noMerge?.kind === 'changes-nothing') return [];
    const earlier = judged.verdicts.slice(0, index).filter(counts);
    const patches = [...earlier, verdict].flatMap(
      ({ path }) => source.queue.patches.find((patch) => patch.path === path) ?? [],
    );
    const patch = patches.at(-1);
    return patch?.path === verdict.path ? [kitOf(judged, { verdict, patches, patch, source })] : [];
  });
}

function counts({ verdict }: PatchVerdict): boolean {
  return verdict === 'applies' || verdict === 'applies-with-offset' || verdict === 'refreshable';
}

/** All commands, in order. */
export function kitCommands({ before, edit, after }: ConflictKit): readonly string[] {
  return [...before, ...edit, ...after];
}

/** Words, and the commands that follow them. */
interface KitStep {
  readonly words: string;
  readonly commands: readonly string[];
}

/** The kit for people: what to paste, and where to stop. `name`: the patch's, as it is to be shown. */
export function kitSteps(
  { leaves, before, edit, after }: ConflictKit,
  name: string,
): readonly KitStep[] {
  const pause = `${leavesWords[leaves]}${edit.length > 0 ? ':' : ', below "$src",'}`;
  return [
    {
      words: `To rebuild ${name} by hand, paste this in the folder of the images repository:`,
      commands: before,
    },
    { words: pause, commands: edit },
    { words: 'and then:', commands: after },
  ];
}

/** The same for a terminal. */
export function kitLines({ kits = [] }: JudgedQueue): readonly string[] {
  return kits.flatMap((kit) => {
    const steps = kitSteps(kit, shownName(kit.path));
    return [
      '',
      ...steps.flatMap(({ words, commands }) => [words, ...commands.flatMap(indented)]),
      '',
    ];
  });
}

const leavesWords: Readonly<Record<ConflictKit['leaves'], string>> = {
  markers: 'git stops there and marks what is in the way. Put the change where it belongs now',
  rejects: 'What fits is in, the rest is in files that end in .rej. Put it where it belongs now',
  doubled: 'git does not stop, and yet something is there twice now. Take one of the two away',
};

/** No name has a line end in it here: as a word of the shell it is written otherwise. */
function indented(command: string): readonly string[] {
  return command.split('\n').map((line) => `    ${line}`);
}

interface Kit {
  readonly verdict: Conflict;
  /** Those that come before it and apply, and itself. */
  readonly patches: readonly PatchFile[];
  readonly patch: PatchFile;
  readonly source: KitSource;
}

const git = 'git -C "$src"';

function kitOf({ commit }: JudgedQueue, kit: Kit): ConflictKit {
  const { patch, patches, verdict, source } = kit;
  const needed = patches.map(({ path }) => source.preImages.get(path));
  const blobs = [...new Set(needed.flatMap((ids) => ids ?? []))];
  // Where nobody knows which blobs a merge needs, it is better to have them all.
  const filter = source.preImages.has(patch.path) ? '--filter=blob:none ' : '';
  const url = shellWord(withoutCredentials(source.url));
  return {
    path: patch.path,
    leaves: leavesOf(verdict),
    before: [
      'src=$(mktemp -d)',
      `git clone ${filter}--no-checkout ${url} "$src"`,
      `${git} switch --detach ${commit}`,
      // git finds abbreviated ids among what is here only, and fetches nothing for them.
      ...(filter !== '' && blobs.length > 0 ? [`${git} fetch -q origin ${blobs.join(' ')}`] : []),
      ...patches.slice(0, -1).map(applied),
      ...stopping(kit),
    ],
    edit: editing(verdict.conflicts),
    after: [finishing(kit)],
  };
}

function leavesOf({ noMerge }: Conflict): ConflictKit['leaves'] {
  if (noMerge?.kind === 'base-unknown') return 'rejects';
  return noMerge?.kind === 'applied-twice' ? 'doubled' : 'markers';
}

/** Without the password; over HTTP without the user too, who may be a token. */
function withoutCredentials(url: string): string {
  return url
    .replace(/^(https?:\/\/)[^/?#]*@/i, '$1')
    .replace(/^([a-z+]+:\/\/[^/:@]*):[^/]*@/i, '$1@');
}

/** `git am` keeps the author and the message; it wants to know them. */
function isMail({ header: { author, subject } }: PatchFile): boolean {
  return /<[^<>\s]+>\s*$/.test(author ?? '') && subject !== undefined;
}

function fileWord({ path }: PatchFile): string {
  return `"$PWD"/${shellWord(path)}`;
}

function am(patch: PatchFile, how: '--3way' | ''): string {
  // Without --keep-cr it takes CR away everywhere, which is right only for a file that a mail has changed.
  const options = [how, patch.content.value.crlf ? '' : '--keep-cr', keepsBrackets(patch)];
  return [git, 'am', ...options.filter((option) => option !== ''), fileWord(patch)].join(' ');
}

/** `[stable-only]` belongs to the commit; `git am` takes it for another `[PATCH]`. */
function keepsBrackets({ header: { subject = '' } }: PatchFile): string {
  return subject.startsWith('[') ? '--keep-non-patch' : '';
}

function applied(patch: PatchFile): string {
  return isMail(patch)
    ? am(patch, '--3way')
    : `${git} apply --index --3way ${fileWord(patch)} && ${committed(patch)}`;
}

/** For a patch that does not say what it is about, its file name does. */
function committed({ name }: PatchFile): string {
  const subject = name
    .replace(/\.patch$/, '')
    .replace(/^\d+[-_.]?/, '')
    .replace(/[-_\s]+/g, ' ')
    .trim();
  return `${git} commit -q -m ${shellWord(subject === '' ? 'Carried patch' : subject)}`;
}

function stopping({ patch, verdict }: Kit): readonly string[] {
  const merges = leavesOf(verdict) !== 'rejects';
  // What fits goes in, and the rest is left in files that end in .rej.
  const rejecting = `${git} apply --reject ${fileWord(patch)}`;
  if (isMail(patch)) return merges ? [am(patch, '--3way')] : [am(patch, ''), rejecting];
  return merges ? [`${git} apply --index --3way ${fileWord(patch)}`] : [rejecting];
}

function editing(conflicts: readonly PatchConflict[]): readonly string[] {
  const paths = conflicts.flatMap(({ path, origin }) => origin?.otherPath ?? path);
  const files = [...new Set(paths)].filter((path) => path !== '');
  return files.map((path) => `$(git var GIT_EDITOR) "$src"/${shellWord(path)}`);
}

/** One command: the patch file is written only where all that comes before has worked. */
function finishing({ patch, verdict }: Kit): string {
  const commits = Math.max(1, patch.content.value.commits.length);
  return [
    `! ${git} grep -n '^<<<<<<< '`,
    leavesOf(verdict) === 'rejects' ? `${git} add -A -- . ':!*.rej'` : `${git} add -A`,
    continued(patch, verdict),
    `${git} format-patch -${commits} --zero-commit --stdout > ${shellWord(patch.path)}`,
  ].join(' &&\n');
}

function continued(patch: PatchFile, verdict: Conflict): string {
  if (!isMail(patch)) return committed(patch);
  const amended = `${git} commit -q --amend --no-edit`;
  if (leavesOf(verdict) === 'doubled') return amended;
  // git follows the move of a file and forgives a mail its line ends: then it has not stopped at all.
  return `if [ -d "$src"/.git/rebase-apply ]; then ${git} am --continue; else ${amended}; fi`;
}
