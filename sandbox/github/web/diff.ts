import { html } from 'hono/html';
import type { FileChange } from '../git/history.ts';
import type { CheckAnnotation } from '../state/nouns.ts';
import { counted } from './parts.ts';
import type { Html } from './parts.ts';

interface Row {
  readonly kind: 'hunk' | 'same' | 'added' | 'removed' | 'note';
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly text: string;
}

/** The lines of a patch with their numbers on both sides. */
function diffRows(patch: string): readonly Row[] {
  let before = 0;
  let after = 0;
  return patch.split('\n').map((line) => {
    const [, from, to] = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line) ?? [];
    if (from !== undefined && to !== undefined) {
      before = Number(from);
      after = Number(to);
      return { kind: 'hunk', before: undefined, after: undefined, text: line };
    }
    const text = line.slice(1);
    if (line.startsWith('+')) return { kind: 'added', before: undefined, after: after++, text };
    if (line.startsWith('-')) return { kind: 'removed', before: before++, after: undefined, text };
    if (line.startsWith('\\')) return { kind: 'note', before: undefined, after: undefined, text };
    return { kind: 'same', before: before++, after: after++, text };
  });
}

/** A remark of a check at a line of a file. */
export interface Remark extends CheckAnnotation {
  readonly check: string;
}

/** All files of a change, with the remarks of checks below their lines. */
export function showFiles(
  files: readonly FileChange[],
  remarks: readonly Remark[] = [],
): readonly Html[] {
  const changed = new Set(files.map(({ path }) => path));
  const elsewhere = remarks.filter(({ path }) => !changed.has(path));
  return [
    ...files.map((file) => {
      const own = remarks.filter(({ path }) => path === file.path);
      return showFile(file, own);
    }),
    ...(elsewhere.length > 0 ? [remarksElsewhere(elsewhere)] : []),
  ];
}

function remarksElsewhere(remarks: readonly Remark[]): Html {
  return html`<section class="box">
    <h2>Annotations of files that did not change</h2>
    ${remarks.map(showRemark)}
  </section>`;
}

function showFile(file: FileChange, remarks: readonly Remark[]): Html {
  const { path, previousPath, additions, deletions, patch, status } = file;
  const name = previousPath === undefined ? path : `${previousPath} → ${path}`;
  const rows = patch === undefined ? [] : diffRows(patch);
  const shown = new Set(rows.map(({ after }) => after));
  const elsewhere = remarks.filter(({ end_line }) => !shown.has(end_line));
  return html`<details class="file" open>
    <summary>
      <code>${name}</code>
      ${status === 'modified' ? '' : html`<span class="tag">${status}</span>`}
      <span class="plus">+${additions}</span> <span class="minus">−${deletions}</span>
    </summary>
    ${patch === undefined ? html`<p class="faint pad">Nothing to show.</p>` : ''}
    <div class="scroll">
      <table class="diff">
        <tbody>
          ${rows.map((row) => showRow(row, remarks))}
        </tbody>
      </table>
    </div>
    ${elsewhere.map(showRemark)}
  </details>`;
}

const signs = { hunk: '', same: ' ', added: '+', removed: '-', note: '' } as const;

function showRow({ kind, before, after, text }: Row, remarks: readonly Remark[]): Html {
  const below = after === undefined ? [] : remarks.filter(({ end_line }) => end_line === after);
  return html`<tr class="${kind}">
      <td class="number">${before ?? ''}</td>
      <td class="number">${after ?? ''}</td>
      <td class="line">${signs[kind]}${text}</td>
    </tr>
    ${below.map(
      (one) =>
        html`<tr>
          <td colspan="3" class="remarks">${showRemark(one)}</td>
        </tr>`,
    )}`;
}

/** A remark with where it stands and who made it. */
export function showRemark(remark: Remark): Html {
  const { annotation_level, start_line, end_line, message, title, check, path } = remark;
  const lines = start_line === end_line ? `${start_line}` : `${start_line}–${end_line}`;
  return html`<div class="remark ${annotation_level}">
    <p><b>${title ?? annotation_level}</b> <span class="faint">${check}</span></p>
    <p class="faint"><code>${path}:${lines}</code></p>
    <p class="message">${message}</p>
  </div>`;
}

export function fileSummary(files: readonly FileChange[]): string {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  const lines = `${counted(additions, 'addition')}, ${counted(deletions, 'deletion')}`;
  return `${counted(files.length, 'file')} changed, ${lines}`;
}
