import { readPatchHeader } from '../../src/core/formats/patch-header.ts';
import { readPatch } from '../../src/core/formats/patch-content.ts';
import type { TrialPatch } from '../../src/edge/git/trial-patch.ts';

/** A patch file as a journey hands it to the edge; a damaged one names no files. */
export function readTrialPatch(bytes: Uint8Array): TrialPatch {
  const parsed = readPatch(bytes, 'a.patch');
  return {
    bytes,
    files: parsed.value.files,
    header: readPatchHeader(Buffer.from(bytes).toString('utf8')),
  };
}
