import { styleText } from 'node:util';
import type { Failure } from '../core/model/failures.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Table } from '../core/render/table.ts';

/** One line a finding: place, what, remedy, and the code to search for. */
export function findingLine(finding: Finding): string {
  const { file, line, message, remedy, code } = finding;
  return `${file}:${line}: ${message}; ${remedy} [${code}]`;
}

export function failureLine({ what, why }: Failure): string {
  return `${what}: ${why}`;
}

export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printError(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Draws tables as wide as the terminal, the last column wrapping; loaded only when one is drawn. */
export async function printTables(tables: readonly Table[]): Promise<void> {
  if (tables.length === 0) return;
  const { default: CliTable } = await import('cli-table3');
  for (const { title, head, rows } of tables) {
    const table = new CliTable({
      head: head.map((cell) => styleText('bold', cell)),
      colWidths: columnWidths(head, rows),
      wordWrap: true,
      style: { head: [], border: process.stdout.isTTY ? ['gray'] : [], compact: true },
    });
    table.push(...rows.map((row) => [...row]));
    printLine(`\n${styleText(['bold', 'underline'], title)}\n${table.toString()}`);
  }
}

/** Natural widths, the last column taking what is left of the terminal (120 where there is none). */
function columnWidths(head: readonly string[], rows: readonly (readonly string[])[]): number[] {
  const total = process.stdout.columns || 120;
  const natural = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const padding = 2;
  const first = natural.slice(0, -1).map((width) => Math.min(width, 40) + padding);
  const used = first.reduce((sum, width) => sum + width + 1, 2);
  const last = Math.max(24, Math.min((natural.at(-1) ?? 0) + padding, total - used));
  return [...first, last];
}
