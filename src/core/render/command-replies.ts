import { reaches } from '../model/command.ts';
import type { ArgumentKind, Mistake, Role } from '../model/command.ts';
import { commandTable, findCommandSpec, usageOf } from '../model/command-table.ts';
import { block, code } from './markdown.ts';

/** What can be named in this repository. */
export interface NamesHere {
  readonly components: readonly string[];
  readonly series: readonly string[];
}

/** What became of one command. */
export interface CommandReply {
  /** The line as it was written. */
  readonly line: string;
  readonly result: 'done' | 'working' | 'refused';
  /** Markdown. */
  readonly text: string;
}

const signs: Readonly<Record<CommandReply['result'], string>> = {
  done: '🚀',
  working: '👀',
  refused: '😕',
};

/** GitHub takes 65,536 characters. */
const mostCharacters = 60_000;
const mostLine = 120;

/** The one reply to a comment: what became of each command, in their order. */
export function commandReply(login: string, replies: readonly CommandReply[]): string {
  const parts = replies.map(
    ({ line, result, text }) => `${signs[result]} ${code(shortened(line))}\n\n${text.trim()}`,
  );
  const intro = `For ${code(login)}:`;
  let length = intro.length;
  const shown: string[] = [];
  for (const part of parts) {
    length += part.length + 9;
    if (length > mostCharacters) break;
    shown.push(part);
  }
  const left = parts.length - shown.length;
  const rest = left > 0 ? [`${left} more have no room here.`] : [];
  return [intro, [...shown, ...rest].join('\n\n---\n\n')].join('\n\n');
}

function shortened(line: string): string {
  return line.length > mostLine ? `${line.slice(0, mostLine)}…` : line;
}

/** A mistake with a caret under the word, what was probably meant, and what there is. */
export function mistakeText(
  mistake: Mistake,
  { names, role }: { readonly names: NamesHere; readonly role: Role },
): string {
  const { message, nearest, verb, expected } = mistake;
  const spec = verb === undefined ? undefined : findCommandSpec(verb);
  const parts = [
    block(`${withCaret(mistake)}\n${message}`, 'text'),
    ...(nearest === undefined ? [] : [`Did you mean ${code(nearest)}?`]),
    ...(expected === undefined ? [] : whatExists(expected, names, role)),
    ...(spec ? [`It is written ${code(usageOf(spec))}.`] : []),
  ];
  return parts.join('\n\n');
}

/** Tabs and letters that are shown wide would put the caret elsewhere: the part before is made plain. */
function withCaret({ line, column, length }: Mistake): string {
  const from = Math.max(0, Math.min(column, line.length) - 60);
  const cut = from > 0 ? `…${line.slice(from)}` : line;
  const at = from > 0 ? column - from + 1 : column;
  const shown = shortened(cut).replace(/[^\x20-\x7e…]/gu, (letter) => '?'.repeat(letter.length));
  const carets = '^'.repeat(Math.max(1, Math.min(length, mostLine - at)));
  return `${shown}\n${' '.repeat(at)}${carets}`;
}

const mostNames = 60;

function whatExists(kind: ArgumentKind, names: NamesHere, role: Role): readonly string[] {
  if (kind === 'component') return [listed('Components with an image here', names.components)];
  if (kind === 'series') return [listed('Series here', names.series)];
  if (kind !== 'verb') return [];
  const mine = commandTable.filter(({ who }) => reaches(role, who)).map(({ verb }) => `/${verb}`);
  return [listed('You may use', mine)];
}

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return `${what}: none.`;
  const shown = names.slice(0, mostNames).map(code).join(', ');
  const left = names.length - mostNames;
  return `${what}: ${shown}${left > 0 ? ` and ${left} more` : ''}.`;
}

export function deniedText(why: string): string {
  return `${why}.`;
}

/** Of a command that failed again and again, for whatever reason. */
export function unfinishedText(why: string): string {
  return `This was not done, or not to its end: ${code(why)}\n\nIt is not tried again by itself. Write it once more in a new comment; where that does not help, tell whoever runs Pinwheel.`;
}

/** Of what a comment asks beside that. */
export function unseenText(count: number, why: string): string {
  return `This and what follows was not looked at, ${count} in all: ${code(why)}`;
}

/** Of what is about a branch that is not there any more. */
export function goneText(branch: string): string {
  return `The branch ${code(branch)} is gone: there is nothing to look at, and nothing to build.`;
}

/** Of a word that had to stand in a reply. */
export const unwrittenText =
  'This was not taken: it has to stand in the reply, and GitHub took no reply here.';

export function tooManyCommands(limit: number, found: number): string {
  return `A comment may have ${limit} commands, and this one has ${found}: none after the first ${limit} was looked at. Write the rest in another comment.`;
}

const scopes = {
  user: 'of you',
  issue: 'in this conversation',
  repository: 'in this repository',
} as const;

/** `at`: ISO, in UTC. */
export function limitText(limit: {
  readonly scope: keyof typeof scopes;
  readonly limit: number;
  readonly at: string;
}): string {
  return `${limit.limit} commands an hour are taken ${scopes[limit.scope]}, and they are used up. The next one is taken from ${limit.at} on.`;
}
