import { WorldError } from '../../core/model/failures.ts';

/** Whether a text is a full SHA-1 object id, the only kind that reaches git from here. */
export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** Passes an object id on, or refuses: an abbreviated one could mean another object tomorrow. */
export function objectId(text: string): string {
  if (isObjectId(text)) return text;
  throw new WorldError(
    `${JSON.stringify(text)} is not a git object id`,
    'give all 40 hex digits, in lower case',
  );
}

/**
 * What git check-ref-format forbids, and in front `-` (an option) and `+` (a forced update). Names
 * reach git as lines of its standard input: a line end in one would be a second request.
 */
const forbiddenInRef =
  /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-+/]|[/.]$|(?:^|\/)\.|\.lock(?:\/|$)|^@$/u;

/** Passes a ref name on, or refuses what git would read as something else than a name. */
export function refName(text: string): string {
  if (text !== '' && text.length <= 1024 && !forbiddenInRef.test(text)) return text;
  throw new WorldError(
    `${JSON.stringify(text.slice(0, 200))} is not the name of a git ref`,
    'correct the name of the branch or tag',
  );
}

/** Passes a path inside a tree on, without a slash at its end, or refuses one that leaves the tree. */
export function treePath(text: string): string {
  const path = text.replace(/\/$/, '');
  const steps = path.split('/');
  const bad = steps.some((step) => step === '' || step === '.' || step === '..');
  if (!bad && !/\p{Cc}/u.test(path)) return path;
  throw new WorldError(
    `${JSON.stringify(text.slice(0, 200))} is not a path inside a repository`,
    'write it from the root of the repository, without . and ..',
  );
}
