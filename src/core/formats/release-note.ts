import { parseDocument } from 'yaml';
import { noteSections } from '../model/release-notes.ts';
import type { NoteSection, ReleaseNote } from '../model/release-notes.ts';

/** More than any note of upstream; a hostile one is not read. */
const mostBytes = 200_000;

/**
 * One file of releasenotes/notes. Upstream's notes are help and no more: what cannot be read, or has
 * another shape than reno's, gives none.
 */
export function readReleaseNote(text: string): readonly ReleaseNote[] {
  if (text.length > mostBytes) return [];
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
  if (document.errors.length > 0) return [];
  const value = asObject(() => document.toJS({ maxAliasCount: 0 }) as unknown);
  return noteSections.flatMap((section) => notesOf(section, value?.[section]));
}

function asObject(read: () => unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = read();
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    // Aliases: nobody needs them in a note.
    return undefined;
  }
}

function notesOf(section: NoteSection, value: unknown): readonly ReleaseNote[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) =>
    typeof text === 'string' && text.trim() !== '' ? [{ section, text: text.trim() }] : [],
  );
}
