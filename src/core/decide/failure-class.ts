import type { CellFailure, FailureClass } from '../model/build.ts';
import { failureRules } from './failure-rules.ts';

/** Looks at the lines of a log, one after the other, and says at the end why the build failed. */
export interface FailureScan {
  readonly take: (line: string, number: number) => void;
  readonly end: () => CellFailure;
}

interface Match {
  readonly rank: number;
  readonly class?: FailureClass;
  readonly line: number;
  readonly excerpt: string[];
  /** Lines after it that still belong to the excerpt. */
  open: number;
}

const linesBefore = 2;
const linesAfter = 6;
const longestShown = 300;

/** Lines that show a command, not what it printed: a Dockerfile may have any word in it. */
const commands =
  /^(?:\[[^\]]+\] |> \[| > \[|\s*\d+ \|\s|ERROR: (?:failed to (?:build|solve): )?process "|process "|\+ |\[command\]|##\[(?:group|command|debug)\])|^(?:RUN|COPY|FROM) /;

export function failureScan(): FailureScan {
  const before: string[] = [];
  let best: Match | undefined;
  let last: Match | undefined;
  let inBox = false;
  function take(line: string, number: number): void {
    const shown = line.slice(0, longestShown);
    if (best) extend(best, shown);
    inBox = boxAfter(inBox, line);
    const found = meaningOf(line, inBox);
    if (found && found.rank > (best?.rank ?? -1)) {
      best = { ...found, line: number, excerpt: [...before, shown], open: linesAfter };
    }
    if (line.startsWith('##[error]') && !last) {
      last = { rank: 0, line: Math.max(1, number - 1), excerpt: [...before], open: 0 };
    }
    remember(before, shown);
  }
  return { take, end: () => failureOf(best ?? last) };
}

/** What pip shows of a program that failed, it shows in a frame. */
function boxAfter(inBox: boolean, line: string): boolean {
  if (/\[\d+ lines? of output\]$/.test(line)) return true;
  return inBox && !line.includes('[end of output]');
}

const boxed =
  /^\s*(?:(?:[a-z_]\w*\.)*[A-Z]\w*(?:Error|Exception): |error: (?!subprocess-exited|command ))/;
const loud = /^(?:ERROR|error|Error|fatal|E): /;

function meaningOf(
  line: string,
  inBox: boolean,
): { readonly rank: number; readonly class?: FailureClass } | undefined {
  if (line === '' || commands.test(line)) return undefined;
  if (inBox && boxed.test(line)) return { rank: 3, class: 'wheel build' };
  let best: { readonly rank: number; readonly class?: FailureClass } | undefined;
  for (const { rank, class: kind, pattern } of failureRules) {
    if (rank > (best?.rank ?? 0) && pattern.test(line)) best = { rank, class: kind };
  }
  if (best) return best;
  return loud.test(line) ? { rank: 0.5 } : undefined;
}

/** An excerpt ends where the next thing begins. */
function extend(match: Match, line: string): void {
  if (match.open === 0) return;
  const isEnd = /^(?:-{4,}|##\[|Post job cleanup)/.test(line) || commands.test(line);
  match.open = isEnd ? 0 : match.open - 1;
  if (!isEnd && line.trim() !== '') match.excerpt.push(line);
}

function remember(before: string[], line: string): void {
  if (line.trim() === '') {
    before.length = 0;
    return;
  }
  if (commands.test(line)) return;
  before.push(line);
  if (before.length > linesBefore) before.shift();
}

function failureOf(match: Match | undefined): CellFailure {
  if (!match) return { excerpt: [] };
  const { class: kind, line, excerpt } = match;
  return { ...(kind !== undefined && { class: kind }), line, excerpt };
}
