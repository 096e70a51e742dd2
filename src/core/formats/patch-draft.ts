import type { PatchChange } from '../model/patch-content.ts';
import type { Name } from './patch-names.ts';

/** `unsure` until the hunks are read: a plain diff does not say that it adds or deletes a file. */
type Sure = 'yes' | 'no' | 'unsure';

/** The head of one file in a patch while it is read. Names are one character a byte. */
export interface Draft {
  line: number;
  crlf: boolean;
  oldName?: string;
  newName?: string;
  /** The name of the `diff --git` line, where it has the same name twice. */
  bothName?: string;
  written: string[];
  isNew: Sure;
  isDelete: Sure;
  isRename: boolean;
  isCopy: boolean;
  oldMode?: string;
  newMode?: string;
  oldBlob?: string;
  newBlob?: string;
  similarity?: number;
}

export function emptyDraft(): Draft {
  return {
    line: 1,
    crlf: false,
    written: [],
    isNew: 'unsure',
    isDelete: 'unsure',
    isRename: false,
    isCopy: false,
  };
}

/** Remembers how a name was written, and gives what git makes of it. */
export function noted(draft: Draft, name: Name | undefined): string | undefined {
  if (name) draft.written.push(name.written);
  return name?.name;
}

/** Two names are a rename to git even where no line says so. */
export function changeOf(draft: Draft): PatchChange {
  if (draft.isRename) return 'rename';
  if (draft.isCopy) return 'copy';
  if (draft.isNew === 'yes') return 'add';
  if (draft.isDelete === 'yes') return 'delete';
  return draft.oldName === draft.newName ? 'modify' : 'rename';
}

/** True where a patch without any hunk changes something all the same. */
export function changesMore(draft: Draft): boolean {
  const { oldMode, newMode, isRename, isCopy, isNew, isDelete } = draft;
  const mode = oldMode !== undefined && newMode !== undefined && oldMode !== newMode;
  return mode || isRename || isCopy || isNew === 'yes' || isDelete === 'yes';
}
