import { patchLimits } from '../model/patch-content.ts';
import type { PatchContent, PatchedFile, Refusal, RefusalKind } from '../model/patch-content.ts';
import type { PathState } from '../model/patch-trial.ts';
import { nameRefusal } from './patch-names.ts';
import { leavesTree } from './symlink-target.ts';

/**
 * Why a patch is not handed to git at all, from what the patch itself says. git refuses most of this
 * too, but copies files from outside, makes any symlink, and strips the slash of an absolute path.
 * `symlinks`: paths at which earlier patches of the queue make one.
 */
export function refusePatch(
  content: PatchContent,
  symlinks: ReadonlySet<string>,
): readonly Refusal[] {
  if (content.over) return [tooLarge(content.over)];
  const after = symlinksAfter(content, symlinks);
  return content.files.flatMap((file) => [
    ...nameRefusals(file),
    ...modeRefusals(file),
    ...linkRefusals(file),
    ...throughRefusals(file, symlinks, after),
  ]);
}

/**
 * Why what git made of a patch is not taken: a patch need not say that a file is a symlink when the
 * source has one there already.
 */
export function refuseResult(
  { files }: PatchContent,
  changes: readonly PathState[],
): readonly Refusal[] {
  return changes.flatMap(({ path, mode }): readonly Refusal[] => {
    const file = files.findLast(({ newPath }) => newPath === path);
    const line = file?.line ?? 1;
    if (mode === 'gitlink') return [{ kind: 'gitlink', what: path, line }];
    if (mode !== 'symlink' || !file || isLink(file.newMode ?? file.oldMode)) return [];
    if (file.hunks.length > 0) return [{ kind: 'symlink-unclear', what: path, line }];
    const lower = depth(path) >= depth(file.oldPath ?? path);
    return lower ? [] : [{ kind: 'symlink-moved', what: path, line }];
  });
}

function depth(path: string): number {
  return path.split('/').length;
}

/** Paths at which there is a symlink by the patches so far, after this one. */
export function symlinksAfter(
  { files }: PatchContent,
  before: ReadonlySet<string>,
): ReadonlySet<string> {
  const links = new Set(before);
  for (const file of files) {
    const { change, oldPath = '', newPath = '' } = file;
    const fate = linkFate(file, links.has(oldPath));
    if (change === 'rename' || change === 'delete') links.delete(oldPath);
    if (fate === 'link') links.add(newPath);
    if (fate === 'no link') links.delete(newPath);
  }
  return links;
}

/** What stands at the new path afterwards: a file that is merely changed stays what it is. */
function linkFate(file: PatchedFile, wasLink: boolean): 'link' | 'no link' | 'same' {
  const moved = file.change === 'rename' || file.change === 'copy';
  if (file.newPath === undefined) return 'same';
  if (isLink(file.newMode ?? file.oldMode) || (moved && wasLink)) return 'link';
  return moved || file.newMode !== undefined ? 'no link' : 'same';
}

function tooLarge(over: NonNullable<PatchContent['over']>): Refusal {
  const limits = {
    bytes: `${patchLimits.bytes / 1024 / 1024} MiB`,
    files: `${patchLimits.files} files`,
    hunks: `${patchLimits.hunks} hunks`,
  };
  return { kind: 'too-large', what: limits[over], line: 1 };
}

/** One a file: the names of its lines are mostly the same name. */
function nameRefusals(file: PatchedFile): readonly Refusal[] {
  const names = [...namesOf(file)];
  const bad = names.flatMap((name) => {
    const kind = nameRefusal(name);
    return kind ? [{ kind, what: name, line: file.line }] : [];
  });
  return bad.slice(0, 1);
}

/** As git uses them, then as they stand, because git forgives an absolute path by stripping it. */
function namesOf({ oldPath, newPath, written }: PatchedFile): readonly string[] {
  return [newPath, oldPath, ...written].filter((name) => name !== undefined);
}

function modeRefusals(file: PatchedFile): readonly Refusal[] {
  const { oldMode, newMode, line } = file;
  const what = file.newPath ?? file.oldPath ?? '';
  const modes = [oldMode, newMode].filter((mode) => mode !== undefined);
  if (modes.some((mode) => mode.startsWith('16'))) return [{ kind: 'gitlink', what, line }];
  const odd = modes.some((mode) => !/^(?:100\d{3}|120000)$/.test(mode));
  return odd ? [{ kind: 'odd-mode', what, line }] : [];
}

function linkRefusals(file: PatchedFile): readonly Refusal[] {
  const { change, oldMode, newMode, newPath, linkTarget, line } = file;
  if (newPath === undefined || !isLink(newMode ?? oldMode)) return [];
  // Moved without a hunk: where it points to is in the source, and what git made is looked at.
  if (file.hunks.length === 0 && change !== 'add' && !file.binary && isLink(oldMode)) return [];
  const kind = linkProblem(newPath, linkTarget);
  const target = linkTarget !== undefined && { target: linkTarget };
  return kind ? [{ kind, what: newPath, ...target, line }] : [];
}

function linkProblem(path: string, target: string | undefined): RefusalKind | undefined {
  if (target === undefined || target === '' || /[\p{Cc}\u{fffd}]/u.test(target)) {
    return 'symlink-unclear';
  }
  return leavesTree(path, target) ? 'symlink-outside' : undefined;
}

/** A folder may become a symlink: what is deleted counts before the patch, what is written after it. */
function throughRefusals(
  { oldPath, newPath, line }: PatchedFile,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly Refusal[] {
  const read = oldPath !== undefined && linkAbove(oldPath, before);
  const written = newPath !== undefined && linkAbove(newPath, after);
  if (typeof written === 'string') return [throughLink(newPath ?? '', written, line)];
  return typeof read === 'string' ? [throughLink(oldPath ?? '', read, line)] : [];
}

function throughLink(what: string, target: string, line: number): Refusal {
  return { kind: 'through-symlink', what, target, line };
}

function linkAbove(path: string, links: ReadonlySet<string>): string | undefined {
  return links.size === 0 ? undefined : foldersAbove(path).find((folder) => links.has(folder));
}

function foldersAbove(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function isLink(mode: string | undefined): boolean {
  return mode === '120000';
}
