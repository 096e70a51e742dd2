import { hash } from 'node:crypto';
import type { PatchHeader } from '../../core/model/patch.ts';
import { pathsOf } from '../../core/model/patch-content.ts';
import type { PatchedFile } from '../../core/model/patch-content.ts';
import { isObjectId } from './names.ts';

/** A patch that core/decide/patch-safety.ts has let pass: nothing else may reach git. */
export interface TrialPatch {
  readonly bytes: Uint8Array;
  readonly header: Pick<PatchHeader, 'commit' | 'date' | 'changeId' | 'cherryPickedFrom'>;
  readonly files: readonly PatchedFile[];
}

/** A patch is asked about on many sources, and its bytes stay what they are. */
const digests = new WeakMap<Uint8Array, string>();

/** Two patches with the same bytes are one. */
export function digestOf({ bytes }: TrialPatch): string {
  const digest = digests.get(bytes) ?? hash('sha256', bytes);
  digests.set(bytes, digest);
  return digest;
}

/** Every path of a patch, old and new. */
export function patchPaths({ files }: TrialPatch): readonly string[] {
  return [...new Set(files.flatMap(pathsOf))];
}

/** Upstream commits that may be the patch's change, or stand where it was made: its own, then its sources. */
export function commitsOf({ header }: TrialPatch): readonly string[] {
  const own = header.commit === undefined ? [] : [header.commit];
  return [...new Set([...own, ...header.cherryPickedFrom])].filter(isObjectId);
}

/** When its author wrote it, in seconds since 1970, as far as it says so. */
export function writtenAt({ header }: TrialPatch): number | undefined {
  return momentOf(header.date);
}

/** Of a date as mails have it, in seconds since 1970. */
export function momentOf(date: string | undefined): number | undefined {
  const seconds = Date.parse(date ?? '') / 1000;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/** A rename or a change of mode, and nothing else: such a section names no blob. */
export function keepsContent(file: PatchedFile): boolean {
  return file.oldBlob === undefined && file.hunks.length === 0 && file.binary === undefined;
}
