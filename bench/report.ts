/** What a benchmark found. Numbers are as measured; they are rounded when they are printed. */
export interface Report {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
  readonly goals: readonly Goal[];
  /** How it was measured, and what stands in the way of belief. */
  readonly notes: readonly string[];
}

export interface Goal {
  readonly what: string;
  readonly measured: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  readonly run: () => Promise<Report>;
}

/** Says how far it is, to a person who waits: a whole run takes minutes. */
export function progress(line: string): void {
  process.stderr.write(`bench: ${line}\n`);
}

export function isMet({ measured, atLeast = -Infinity, atMost = Infinity }: Goal): boolean {
  return measured >= atLeast && measured <= atMost;
}

/** Markdown, so that bench/README.md can take it as it is. */
export function reportText({ title, rows, goals, notes }: Report): string {
  const lines = [
    `## ${title}`,
    '',
    ...tableLines(rows),
    '',
    ...goals.map((goal) => `- ${goalText(goal)}`),
    ...notes.map((note) => `- ${note}`),
  ];
  return `${lines.join('\n')}\n`;
}

function goalText(goal: Goal): string {
  const { what, measured, atLeast, atMost } = goal;
  const bound =
    atLeast === undefined ? `at most ${shown(atMost ?? NaN)}` : `at least ${shown(atLeast)}`;
  return `${isMet(goal) ? 'met' : 'MISSED'}: ${what} ${shown(measured)}, goal ${bound}`;
}

function tableLines(rows: Report['rows']): readonly string[] {
  const head = Object.keys(rows[0] ?? {});
  const cells = [head, ...rows.map((row) => head.map((column) => shown(row[column] ?? '')))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [first = '', ...rest] = cells.map((row) => {
    const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `| ${padded.join(' | ')} |`;
  });
  return [first, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest];
}

/** Three digits say more than the noise allows. */
function shown(value: string | number): string {
  if (typeof value === 'string') return value;
  return Math.abs(value) >= 100 ? value.toFixed(0) : `${Number(value.toPrecision(3))}`;
}
