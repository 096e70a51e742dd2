import { reaches } from '../model/command.ts';
import type { Command, CommandWord, Mistake, Role } from '../model/command.ts';
import { commandSpec, verbs } from '../model/command-table.ts';
import { nearestWord } from '../model/nearest.ts';
import { cellName } from '../model/plan.ts';

/** What exists in the repository, at the commit that commands are about. */
export interface KnownNames {
  /** Names of cells by service: series that the service is pinned in. */
  readonly services: ReadonlyMap<string, readonly string[]>;
  /** Components that have no image. */
  readonly libraries: readonly string[];
  readonly series: readonly string[];
}

/** Where somebody asks, and who. */
export interface Asking {
  readonly role: Role;
  /** A comment that was changed, and did not say this before. */
  readonly edited: boolean;
  readonly on: 'pull request' | 'issue';
  readonly open: boolean;
  readonly locked: boolean;
  readonly names: KnownNames;
}

export type Judged =
  /** `cells` are names such as `nova/2025.2`; none for commands that are not about cells. */
  | { readonly kind: 'do'; readonly cells: readonly string[] }
  | { readonly kind: 'mistake'; readonly mistake: Mistake }
  /** `why` says what it would take. */
  | { readonly kind: 'denied'; readonly why: string };

/** Whether a command is done, and for which cells. The order matters: who may not ask learns no names. */
export function judgeCommand(command: Command, asking: Asking): Judged {
  const why = denial(command, asking);
  if (why !== undefined) return { kind: 'denied', why };
  const { verb, words } = command;
  if (verb !== 'rebuild' && verb !== 'explain') return { kind: 'do', cells: [] };
  const component = words.get('component');
  const series = words.get('series');
  if (!component || component.text === 'failed') return { kind: 'do', cells: [] };
  const mistake =
    unknownComponent(component, asking.names) ??
    (series && unknownSeries(component, series, asking.names));
  if (mistake) return { kind: 'mistake', mistake: placed(command, mistake) };
  return { kind: 'do', cells: namedCells(component.text, series?.text ?? 'all', asking.names) };
}

function denial({ verb }: Command, asking: Asking): string | undefined {
  const spec = commandSpec(verb);
  if (!reaches(asking.role, spec.who)) {
    return `/${verb} needs the role ${spec.who}, and yours is ${asking.role}`;
  }
  if (spec.where === 'pull requests' && asking.on !== 'pull request') {
    return `/${verb} is about a pull request, and this is an issue`;
  }
  if (asking.edited && spec.destructive) {
    return `/${verb} is not taken from an edited comment; write it in a new one`;
  }
  const reads = spec.who === 'read';
  if (!asking.open && asking.on === 'pull request' && !reads) {
    return `/${verb} is about an open pull request, and this one is closed`;
  }
  if (asking.locked && !reaches(asking.role, 'write')) {
    return 'the conversation is locked: commands of people who may write are taken, and no others';
  }
  return undefined;
}

type Found = Pick<Mistake, 'column' | 'length' | 'message' | 'expected'> & {
  readonly nearest?: string | undefined;
};

function placed({ verb, line, lineNumber }: Command, found: Found): Mistake {
  const { nearest, ...rest } = found;
  return { verb, line, lineNumber, ...rest, ...(nearest !== undefined && { nearest }) };
}

function at({ text, column }: CommandWord): Pick<Mistake, 'column' | 'length'> {
  return { column, length: text.length };
}

function unknownComponent(word: CommandWord, names: KnownNames): Found | undefined {
  const { text } = word;
  if (text === 'all' || names.services.has(text)) return undefined;
  const known = [...names.services.keys()];
  if (names.libraries.includes(text)) {
    const message = `${text} has no image of its own: it goes into the images of services`;
    return { ...at(word), message, expected: 'component' };
  }
  return {
    ...at(word),
    message: `there is no component ${text} here`,
    nearest: nearestWord(text.toLowerCase(), known),
    expected: 'component',
  };
}

function unknownSeries(
  component: CommandWord,
  word: CommandWord,
  names: KnownNames,
): Found | undefined {
  const { text } = word;
  if (text === 'all') return undefined;
  if (!names.series.includes(text)) {
    return {
      ...at(word),
      message: `there is no series ${text} here`,
      nearest: nearestWord(text, names.series),
      expected: 'series',
    };
  }
  const pinned = names.services.get(component.text);
  if (pinned === undefined || pinned.includes(text)) return undefined;
  const message = `${component.text} is not pinned in ${text}, but in ${pinned.join(', ')}`;
  return { ...at(word), message, expected: 'series' };
}

function namedCells(component: string, series: string, { services }: KnownNames) {
  return [...services]
    .filter(([service]) => component === 'all' || service === component)
    .flatMap(([service, ids]) =>
      ids
        .filter((id) => series === 'all' || id === series)
        .map((id) => cellName({ service, series: id })),
    );
}

/** The verb that `/help` was asked about. */
export function helpTopic(command: Command): (typeof verbs)[number] | undefined {
  const word = command.words.get('verb')?.text.replace(/^\//, '');
  return verbs.find((verb) => verb === word);
}
