import { styleText } from 'node:util';
import type { Failure } from '../core/model/failures.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Table } from '../core/render/table.ts';
import { columnWidths } from './table-widths.ts';

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

/** Lines of the difference between an old patch and its new one: a terminal is given the first few. */
export function mostDifference(): number {
  return process.stdout.isTTY ? 24 : Infinity;
}

/** Draws tables no wider than the terminal (120 where there is none); loaded only when one is drawn. */
export async function printTables(tables: readonly Table[]): Promise<void> {
  if (tables.length === 0) return;
  const { default: CliTable } = await import('cli-table3');
  for (const { title, head, rows } of tables) {
    const table = new CliTable({
      head: head.map((cell) => styleText('bold', cell)),
      colWidths: [...columnWidths([head, ...rows], process.stdout.columns || 120)],
      wordWrap: true,
      style: {
        head: [],
        border: process.stdout.isTTY && process.stdout.hasColors() ? ['gray'] : [],
        compact: true,
      },
    });
    table.push(...rows.map((row) => [...row]));
    printLine(`\n${styleText(['bold', 'underline'], title)}\n${table.toString()}`);
  }
}
