import { readPatch } from '../../src/core/formats/patch-content.ts';
import { readPatchHeader } from '../../src/core/formats/patch-header.ts';
import type { PatchFile, PatchQueue } from '../../src/core/model/patch.ts';

/** A patch of nova in 2025.2 as the catalog has it, from its text. */
export function patchOf(name: string, text: string): PatchFile {
  const path = `patches/nova/2025.2/${name}`;
  const content = readPatch(Buffer.from(text), path);
  return { path, name, sha256: '0'.repeat(64), header: readPatchHeader(text), content };
}

/** A queue of nova in 2025.2, from texts by name. */
export function queueOf(patches: Readonly<Record<string, string>>): PatchQueue {
  const files = Object.entries(patches).map(([name, text]) => patchOf(name, text));
  return { component: 'nova', series: '2025.2', patches: files };
}

/** A patch that turns the one line `a` of some files to `b`, with a header. */
export function patchText(subject: string, ...files: readonly string[]): string {
  const head = `From: A <a@example.org>\nSubject: [PATCH] ${subject}\n\nCloses-Bug: #1234567\n---\n\n`;
  const parts = files.map(
    (file) => `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`,
  );
  return `${head}${parts.join('')}-- \n2.39.5\n`;
}
