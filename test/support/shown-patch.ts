import type { PatchedFile } from '../../src/core/model/patch-content.ts';
import { readPatch } from '../../src/core/formats/patch-content.ts';

export function readPatchText(text: string) {
  return readPatch(Buffer.from(text, 'utf8'), 'patches/nova/2025.2/0001-a.patch');
}

/** `rename old -> new 100644>100755 @3-9 +1 -1`, with what is there. */
function shortOf(file: PatchedFile): string {
  const { change, oldPath, newPath, oldMode = '', newMode, hunks, addedLines, removedLines } = file;
  const paths = oldPath === newPath ? newPath : [oldPath, newPath].filter(Boolean).join(' -> ');
  return [
    change,
    paths,
    ...(oldMode === '' && newMode === undefined ? [] : [`${oldMode}>${newMode ?? ''}`]),
    ...(file.binary ? [file.binary] : []),
    ...hunks.map(({ line, endLine }) => `@${line}-${endLine}`),
    `+${addedLines} -${removedLines}`,
    ...(file.linkTarget === undefined ? [] : [`link ${file.linkTarget}`]),
  ].join(' ');
}

/** The files in short, then the problems. */
export function showPatch(text: string): readonly string[] {
  const { value, problems } = readPatchText(text);
  return [...value.files.map(shortOf), ...problems.map(({ line, code }) => `${line}: ${code}`)];
}
