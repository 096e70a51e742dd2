import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, ParsedNode, YAMLError, YAMLMap } from 'yaml';
import type { Finding, Parsed } from '../model/finding.ts';
import {
  aliasProblem,
  duplicateProblem,
  keyProblem,
  lineProblem,
  notAMapping,
  syntaxProblem,
  tooLarge,
  valueProblem,
} from './pin-problems.ts';
import { failure } from './problem.ts';
import type { Words } from './problem.ts';
import { conflictEnd, conflictWords, splitLines } from './text-lines.ts';

/** One `component: "ref"  # comment`, and where in the text it stands. */
export interface PinEntry {
  readonly component: string;
  /** The ref as YAML reads it. */
  readonly value: string;
  readonly line: number;
  /** Offsets of the ref, its quotes included. */
  readonly start: number;
  readonly end: number;
  /** From its `#` to the end of the line. */
  readonly comment?: { readonly start: number; readonly text: string };
}

/** A hostile text of this size takes a second; a file with all of OpenStack in it has 20 KiB. */
const largest = 128 * 1024;

/** Some lines of the file; they are parsed on their own where the whole is not YAML. */
interface Piece {
  readonly text: string;
  readonly offset: number;
  readonly line: number;
}

interface Work {
  readonly text: string;
  readonly path: string;
  readonly entries: Map<string, PinEntry>;
  readonly problems: Finding[];
}

/** Reads the pins of a source-refs.yaml, good lines also from between bad ones. */
export function readPinEntries(text: string, path: string): Parsed<readonly PinEntry[]> {
  const work: Work = { text, path, entries: new Map(), problems: [] };
  if (text.length > largest) report(work, 1, tooLarge(text.length, largest));
  else readWhole(work);
  const problems = work.problems.sort((a, b) => a.line - b.line);
  return { value: [...work.entries.values()], problems };
}

function readWhole(work: Work): void {
  const error = readPiece({ text: work.text, offset: 0, line: 1 }, work);
  if (!error) return;
  for (const chunk of chunksOf(work)) readChunk(chunk, work);
  // What is wrong with the whole only, such as a second document.
  if (work.problems.length === 0) report(work, error.line, syntaxProblem('The file', error.what));
}

function readChunk(chunk: readonly Piece[], work: Work): void {
  const [head] = chunk;
  if (!head) return;
  const error = readPiece({ ...head, text: chunk.map(({ text }) => text).join('') }, work);
  if (!error) return;
  if (chunk.length === 1) report(work, head.line, lineProblem(head.text, error.what));
  else {
    readChunk([head], work);
    for (const { text, line } of chunk.slice(1))
      report(work, line, lineProblem(text, 'it is indented more than the lines above'));
  }
}

/** The lines that hold something, each with those below it that are indented more. */
function chunksOf(work: Work): readonly (readonly Piece[])[] {
  const chunks: Piece[][] = [];
  let indent: number | undefined;
  for (const piece of contentLines(work)) {
    const depth = piece.text.search(/[^ \t]/);
    indent ??= depth;
    const last = chunks.at(-1);
    if (last && depth > indent) last.push(piece);
    else chunks.push([piece]);
  }
  return chunks;
}

function contentLines(work: Work): readonly Piece[] {
  const lines = splitLines(work.text);
  const pieces: Piece[] = [];
  let offset = 0;
  let resume = 0;
  for (const [index, text] of lines.entries()) {
    const conflict = index < resume ? undefined : conflictEnd(lines, index);
    if (conflict !== undefined) {
      report(work, index + 1, conflictWords);
      resume = conflict + 1;
    }
    if (index >= resume && /^[ \t]*[^ \t#\r\n]/.test(text))
      pieces.push({ text, offset, line: index + 1 });
    offset += text.length;
  }
  return pieces;
}

/** Adds the pins of a piece, or says why it is not YAML and adds nothing. */
function readPiece(piece: Piece, work: Work): { line: number; what: string } | undefined {
  const lines = new LineCounter();
  const document = parseDocument(piece.text, {
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    // The library compares every key with every other: a hostile file takes it minutes.
    uniqueKeys: false,
  });
  function lineAt(offset: number): number {
    return piece.line - 1 + Math.max(1, lines.linePos(offset).line);
  }
  const error = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  if (error) return { line: lineAt(error.pos[0]), what: explained(error) };
  readContents(document, { piece, work, lineAt });
  return undefined;
}

function explained({ code, message }: YAMLError): string {
  return code === 'MULTIPLE_DOCS' ? 'a second document begins here' : message;
}

interface Reading {
  readonly piece: Piece;
  readonly work: Work;
  readonly lineAt: (offset: number) => number;
}

function readContents({ contents }: Document.Parsed, reading: Reading): void {
  // A lone `---` or `...` is an empty document.
  if (contents === null || (isScalar(contents) && contents.value === null)) return;
  const line = reading.lineAt(contents.range[0]);
  if (!isMap(contents) || (contents.flow && contents.items.length > 0))
    report(reading.work, line, notAMapping(reading.piece.text.slice(contents.range[0])));
  else {
    if (contents.anchor !== undefined) report(reading.work, line, aliasProblem('The whole file'));
    for (const pair of contents.items) readPair(pair, reading);
  }
}

type PairNode = YAMLMap.Parsed['items'][number];

function readPair({ key, value }: PairNode, reading: Reading): void {
  const { work, piece } = reading;
  const line = reading.lineAt(key.range[0]);
  const component = keyText(key);
  const first = work.entries.get(component);
  const problem =
    keyProblem(key, component) ??
    (first && duplicateProblem(component, first.line)) ??
    valueProblem(component, value, piece.text);
  if (problem) report(work, line, problem);
  else if (value && isScalar(value)) {
    const [start, end] = [piece.offset + value.range[0], piece.offset + value.range[1]];
    const comment = commentAfter(work.text, end);
    const entry = { component, value: String(value.value), line, start, end };
    work.entries.set(component, comment ? { ...entry, comment } : entry);
  }
}

function keyText(key: ParsedNode): string {
  if (!isScalar(key)) return '';
  return typeof key.value === 'string' ? key.value : key.source;
}

function commentAfter(text: string, end: number): { start: number; text: string } | undefined {
  const after = /([ \t]+)(#[^\r\n]*)/y;
  after.lastIndex = end;
  const [, gap, comment] = after.exec(text) ?? [];
  return gap === undefined || comment === undefined
    ? undefined
    : { start: end + gap.length, text: comment };
}

function report(work: Work, line: number, words: Words): void {
  work.problems.push(failure({ file: work.path, line }, words));
}
