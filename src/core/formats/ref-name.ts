import { shownText } from './shown-text.ts';
import { readTagName } from './tag-name.ts';

/** What is wrong with the text of a ref. */
export interface RefProblem {
  readonly code: 'source-ref-empty' | 'source-ref-commit' | 'source-ref-name';
  /** Completes `the ref X …`. */
  readonly what: string;
  readonly remedy: string;
}

/** The rules of `git check-ref-format`, and what git's own commands and ours would misread. */
const nameRules: readonly (readonly [RegExp, string])[] = [
  [/^-/, 'begins with a dash, which git takes for an option'],
  [/ /, 'holds a space, which no git ref may'],
  [/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, 'holds an invisible character'],
  [/[~^:?*[\\]/, 'holds one of ~ ^ : ? * [ \\, which no git ref may'],
  [/\.\.|@\{/, 'holds .. or @{, which no git ref may'],
  [/^\/|\/$|\/\//, 'begins or ends with a slash or has two together, which no git ref may'],
  [/\.lock(?:\/|$)|\.$/, 'ends with .lock or a full stop, which no git ref may'],
  [/(?:^|\/)\./, 'begins with a full stop, which no git ref may'],
  [/^(?:@|HEAD)$/, 'is a moving name of git and not a ref of its own'],
];

const damagedCommit = /^(?:[0-9a-f]{39}|[0-9a-f]{41})$/i;
/** Both a digit and a letter: `20250101` is a date, and `deface` a word. */
const shortCommit = /^(?=.*\d)(?=.*[a-f])[0-9a-f]{7,38}$/i;

/** Says what is wrong with the text of a ref; `undefined` for one that may be given to git. */
export function refProblem(text: string): RefProblem | undefined {
  const kinds = 'a tag, a branch or a commit of 40 digits';
  if (text === '')
    return {
      code: 'source-ref-empty',
      what: 'is empty',
      remedy: `write ${kinds} between the quotes`,
    };
  const broken = nameRules.find(([pattern]) => pattern.test(text));
  if (broken) return { code: 'source-ref-name', what: broken[1], remedy: `write ${kinds}` };
  const full = /^refs\/(?:heads|tags)\/(.+)$/.exec(text);
  if (full) {
    const remedy = `write ${shownText(full[1] ?? '')}`;
    return { code: 'source-ref-name', what: 'is the full name of a ref', remedy };
  }
  return commitProblem(text);
}

function commitProblem(text: string): RefProblem | undefined {
  const short = shortCommit.test(text) && readTagName(text).kind === 'other';
  if (!damagedCommit.test(text) && !short) return undefined;
  return {
    code: 'source-ref-commit',
    what: `looks like a commit, but has ${text.length} digits instead of 40`,
    remedy: 'write all 40 digits of the commit',
  };
}
