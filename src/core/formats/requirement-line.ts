import type { Marker } from '../model/marker.ts';
import { parseVersion } from '../model/version.ts';
import { readMarker } from './marker.ts';
import { quotedText, shownText } from './shown-text.ts';

/** `name===version;marker` in its parts. */
export interface Requirement {
  readonly name: string;
  readonly version: string;
  /** Without blanks at its ends; `''` for none. */
  readonly markerText: string;
  readonly marker?: Marker;
}

/** Why a line cannot be used. */
export interface LineProblem {
  readonly message: string;
  readonly remedy: string;
}

export const distributionName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/**
 * What a line says, without comment and blanks at its ends. As in pip, a comment begins at a `#`
 * with a blank before it.
 */
export function withoutComment(content: string): string {
  const comment = content.search(/(?:^|\s)#/);
  return (comment < 0 ? content : content.slice(0, comment)).trim();
}

/** Python ends a line at more characters than an editor shows: a second line could hide behind one. */
export function hiddenCharacter(content: string): LineProblem | undefined {
  if (!/[^\P{Cc}\t]|[\u2028\u2029]/u.test(content)) return undefined;
  const message = `${quotedText(content)} holds a control character`;
  return { message, remedy: 'remove it, or write the line anew' };
}

export function isProblem(line: Requirement | LineProblem): line is LineProblem {
  return 'remedy' in line;
}

/** Reads `name===version;marker`; `equals` are the operators that are taken for `===`. */
export function readRequirement(
  content: string,
  equals: readonly string[],
): Requirement | LineProblem {
  const [, name = '', operator = '', version = '', marker] =
    /^([^\s=;]+)\s*(={2,3})\s*([^\s;]+)\s*(?:;(.*))?$/s.exec(content) ?? [];
  if (!distributionName.test(name) || !equals.includes(operator)) return explainLine(content);
  if (!parseVersion(version)) return wrongVersion(name, version);
  if (marker === undefined) return { name, version, markerText: '' };
  const markerText = marker.trim();
  const read = readMarker(markerText);
  return read ? { name, version, markerText, marker: read } : wrongMarker(name, markerText);
}

function wrongVersion(name: string, version: string): LineProblem {
  return {
    message: `${name}: ${shownText(version)} is not a version as PEP 440 defines it`,
    remedy: `write ${name}===VERSION with a version that was released`,
  };
}

function wrongMarker(name: string, marker: string): LineProblem {
  return {
    message: `${name}: ${quotedText(marker)} is not an environment marker as PEP 508 defines it`,
    remedy: "Write it like ;python_version>='3.10', or remove it",
  };
}

/** The mistakes that people make, by what gives them away. */
const mistakes: readonly {
  readonly sign: RegExp;
  readonly what: string;
  readonly remedy: string;
}[] = [
  { sign: /^-/, what: 'is an option of pip', remedy: 'remove the line, or pin by name===version' },
  { sign: /^[^\s[]+\s*\[/, what: 'names extras', remedy: 'write name===version without brackets' },
  { sign: /@|:\/\//, what: 'names a URL', remedy: 'write name===version' },
  {
    sign: /^[^\s=]+\s*===\s*[^\s=]/,
    what: 'does not begin with the name of a package',
    remedy: 'use letters, digits, dots, dashes and underscores, a letter or digit at both ends',
  },
  {
    sign: /^[^\s=<>!~]+\s*(?:[<>!~]=?|==)/,
    what: 'is not a pin to one version',
    remedy: 'write name===version',
  },
];

const notARequirement = {
  what: 'is not name===version',
  remedy: 'write name===version, or begin the line with # to make it a comment',
};

/** Says what is wrong with a line that is no requirement. */
export function explainLine(content: string): LineProblem {
  const mistake = mistakes.find(({ sign }) => sign.test(content));
  const { what, remedy } = mistake ?? notARequirement;
  return { message: `${quotedText(content)} ${what}`, remedy };
}
