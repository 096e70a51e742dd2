import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Origins that have spoken protocol v2, one a line: the next process need not ask them first. */
export function loadV2Hosts(file: string): Set<string> {
  const lines = readText(file).split('\n');
  return new Set(lines.filter((line) => URL.parse(line)?.origin === line));
}

/** Adds one. Where it cannot be written, the next process asks again. */
export function rememberV2Host(file: string, origin: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, `${origin}\n`);
  } catch {
    // A cache that cannot be written costs a request, nothing else.
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
