import type { Command, CommandLine, CommandWord, Mistake } from '../model/command.ts';
import { findCommandSpec, usageOf, verbs } from '../model/command-table.ts';
import type { ArgumentSpec, CommandSpec } from '../model/command-table.ts';
import { nearestWord } from '../model/nearest.ts';

/** A line of prose that begins in plain text. */
export interface ProseLine {
  /** Without spaces at its ends. */
  readonly text: string;
  /** Line of the comment, from 1. */
  readonly number: number;
}

/** Longer lines are no commands; what is shown of them is their beginning. */
const longestLine = 400;

/** Reads a line; `undefined` where it is no command, and not nearly one either. */
export function readCommandLine({ text, number }: ProseLine): CommandLine | undefined {
  const first = /^\/([a-z]\S*)/iu.exec(text)?.[1];
  if (first === undefined) return undefined;
  const spec = findCommandSpec(first.toLowerCase());
  if (!spec) return misspelt({ text, number }, first);
  const draft: Draft = { spec, line: text, lineNumber: number };
  if (text.length > longestLine) return tooLong(draft);
  const words = wordsOf(text).slice(1);
  return readWords(draft, words);
}

interface Draft {
  readonly spec: CommandSpec;
  readonly line: string;
  readonly lineNumber: number;
}

/** A path or another bot's command is not our business; one letter off is a mistake. */
function misspelt({ text, number }: ProseLine, word: string): CommandLine | undefined {
  if (word.length > 40) return undefined;
  const nearest = nearestWord(word.toLowerCase(), verbs);
  if (nearest === undefined) return undefined;
  return {
    kind: 'mistake',
    mistake: {
      line: text.slice(0, longestLine),
      ...{ lineNumber: number, column: 0, length: word.length + 1 },
      message: `there is no command /${printable(word)}`,
      ...{ nearest: `/${nearest}`, expected: 'verb' },
    },
  };
}

function tooLong(draft: Draft): CommandLine {
  const line = draft.line.slice(0, 80);
  const message = `the line has ${draft.line.length} characters, and a command has at most ${longestLine}`;
  const place = { column: line.length - 1, length: 1, message };
  return mistake({ ...draft, line }, place);
}

interface Place extends Pick<Mistake, 'column' | 'length' | 'message'> {
  readonly nearest?: string | undefined;
  readonly expected?: Mistake['expected'];
}

function mistake({ spec, line, lineNumber }: Draft, place: Place): CommandLine {
  const { nearest, expected, ...rest } = place;
  return {
    kind: 'mistake',
    mistake: {
      ...{ line, lineNumber, verb: spec.verb, ...rest },
      ...(nearest !== undefined && { nearest }),
      ...(expected !== undefined && { expected }),
    },
  };
}

/** Words by spaces; the value of `key="…"` may have some. */
function wordsOf(line: string): readonly CommandWord[] {
  return [...line.matchAll(/[\w-]+="[^"]*"|\S+/gu)].map(({ 0: text, index: column }) => ({
    text,
    column,
  }));
}

const option = /^([a-z][\w-]*)=([\s\S]*)$/iu;

function readWords(draft: Draft, all: readonly CommandWord[]): CommandLine {
  const words = new Map<string, CommandWord>();
  const places = [...draft.spec.arguments];
  for (const word of all) {
    const problem = option.test(word.text)
      ? takeOption(draft, words, word)
      : takeArgument(draft, { words, places }, word);
    if (problem) return mistake(draft, problem);
  }
  const missing = places.find((place) => !place.optional && !isSpared(place, words));
  if (missing) return mistake(draft, missingPlace(draft, missing));
  return { kind: 'command', command: commandOf(draft, words) };
}

function commandOf({ spec, line, lineNumber }: Draft, words: Command['words']): Command {
  return { verb: spec.verb, words, line, lineNumber };
}

/** Those that failed are what they are: no series is asked for. */
function isSpared({ name }: ArgumentSpec, words: Command['words']): boolean {
  return name === 'series' && words.get('component')?.text === 'failed';
}

function missingPlace({ spec, line }: Draft, { name, kind }: ArgumentSpec): Place {
  const article = /^[aeiou]/.test(name) ? 'an' : 'a';
  const message = `${article} ${name} is missing: ${usageOf(spec)}`;
  return { column: line.length + 1, length: 1, message, expected: kind };
}

function takeOption(
  { spec }: Draft,
  words: Map<string, CommandWord>,
  { text, column }: CommandWord,
): Place | undefined {
  const [, key = '', written = ''] = option.exec(text) ?? [];
  const known = spec.options.find(({ name }) => name === key);
  const at = { column, length: key.length };
  if (!known) {
    const names = spec.options.map(({ name }) => name);
    const takes = names.length === 0 ? 'nothing of that kind' : names.join(', ');
    const message = `/${spec.verb} has no ${printable(key)}=; it takes ${takes}`;
    return { ...at, message, nearest: nearestWord(key, names) };
  }
  if (words.has(key)) return { ...at, message: `${key}= stands there twice` };
  const value = unquoted(written);
  const valueAt = { column: column + key.length + 1, length: Math.max(1, written.length) };
  if (value === undefined) return { ...valueAt, message: 'the quote is not closed' };
  if (value.trim() === '') return { ...valueAt, message: `${key}= has no value` };
  words.set(key, { text: value, column: valueAt.column });
  return undefined;
}

function unquoted(value: string): string | undefined {
  if (!value.startsWith('"')) return value;
  return /^"[^"]*"$/u.test(value) ? value.slice(1, -1) : undefined;
}

interface Taking {
  readonly words: Map<string, CommandWord>;
  readonly places: ArgumentSpec[];
}

function takeArgument(
  { spec }: Draft,
  { words, places }: Taking,
  word: CommandWord,
): Place | undefined {
  const [place] = places;
  const { text, column } = word;
  const at = { column, length: Math.min(text.length, 60) };
  if (!place || isSpared(place, words)) {
    return { ...at, message: `/${spec.verb} takes nothing more here: ${usageOf(spec)}` };
  }
  const problem = malformed(place, text);
  if (problem) {
    const nearest = nearestName(place, text);
    const offset = column + (problem.at ?? 0);
    const length = problem.at === undefined ? at.length : 1;
    return { column: offset, length, message: problem.message, nearest, expected: place.kind };
  }
  places.shift();
  words.set(place.name, word);
  return undefined;
}

function nearestName({ kind, words }: ArgumentSpec, text: string): string | undefined {
  return nearestWord(text.toLowerCase(), kind === 'verb' ? verbs : words);
}

/** Longer names are no folders here. */
const longestName = 100;

/** What a word may be made of, so that whatever gets further is harmless wherever it is put. */
function malformed(
  { kind, name }: ArgumentSpec,
  text: string,
): { readonly at?: number; readonly message: string } | undefined {
  if (kind === 'commit') {
    if (/^[0-9a-f]{40}$/.test(text)) return undefined;
    return { message: 'a commit is written with all its 40 digits, in small letters' };
  }
  if (kind === 'verb' && findCommandSpec(text.replace(/^\//, ''))) return undefined;
  const bad = /[^A-Za-z0-9._-]/u.exec(text);
  if (bad) return { at: bad.index, message: badLetter(name, bad[0]) };
  if (text.length > longestName || !/^[A-Za-z0-9]/.test(text)) {
    return { message: `that is no name of a ${name}` };
  }
  if (kind === 'verb') return { message: `there is no command ${text}` };
  return undefined;
}

/** A letter that only looks like one of ours is named by its number. */
function badLetter(name: string, letter: string): string {
  const isPlain = /^[\x21-\x7e]$/.test(letter);
  const number = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const shown = isPlain ? letter : `U+${number}`;
  const hint = /^[`'"“”‘’*_<>[\]]$/u.test(letter) ? '; write it without quotes or marks' : '';
  return `${shown} is not part of the name of a ${name}${hint}`;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, '�').slice(0, 60);
}
