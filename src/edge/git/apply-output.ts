import type { ApplyFact, HunkFailure } from '../../core/model/patch-trial.ts';

type Offset = Extract<ApplyFact, { ok: true }>['offsets'][number];

/** Hunks that git placed elsewhere, from what `git apply -v` says of a patch that applies. */
export function readOffsets(stderr: string): readonly Offset[] {
  const offsets: Offset[] = [];
  let path = '';
  for (const line of stderr.split('\n')) {
    path = pathOf(/^Checking patch (.*)\.\.\.$/.exec(line)?.[1]) ?? path;
    const [, hunk, lines] =
      /^Hunk #(\d+) succeeded at \d+ \(offset (-?\d+) lines?\)\.$/.exec(line) ?? [];
    if (hunk !== undefined) offsets.push({ path, hunk: Number(hunk), lines: Number(lines) });
  }
  return offsets;
}

/** A rename is named `old => new`. */
function pathOf(shown: string | undefined): string | undefined {
  return shown === undefined ? undefined : unquoted(shown.split(' => ').at(-1) ?? shown);
}

const escapes: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
};

/** Undoes git's C style quotes: `"na\303\257ve"`. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name;
  const bytes = [...name.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)].map(
    ([, octal, letter, plain]) => {
      if (octal !== undefined) return Buffer.from([parseInt(octal, 8) & 0xff]);
      if (letter === undefined) return Buffer.from(plain ?? '');
      const code = escapes[letter];
      return code === undefined ? Buffer.from(letter) : Buffer.from([code]);
    },
  );
  return Buffer.concat(bytes).toString('utf8');
}

/** What git could not place. Never empty: a refusal without a known reason is one too. */
export function readFailures(stderr: string): readonly HunkFailure[] {
  const errors = withoutQuotedText(stderr).flatMap(
    (line) => /^(?:error|fatal): (.*)$/.exec(line)?.[1] ?? [],
  );
  const failed = new Map<string, number>();
  for (const error of errors) {
    const [, path, line] = /^patch failed: (.*):(\d+)$/.exec(error) ?? [];
    if (path !== undefined) failed.set(path, Number(line));
  }
  const failures = errors.flatMap((error) => failureOf(error, failed) ?? []);
  return failures.length > 0 ? failures : [{ path: '', why: errors[0] ?? 'git gives no reason' }];
}

/** git repeats the lines that it looked for, which are the patch's and may look like git's words. */
function withoutQuotedText(stderr: string): readonly string[] {
  const lines: string[] = [];
  let quoting = false;
  for (const line of stderr.split('\n')) {
    if (/^error: patch failed: .*:\d+$/.test(line)) quoting = false;
    if (line === 'error: while searching for:') quoting = true;
    else if (!quoting) lines.push(line);
  }
  return lines;
}

const shapes: readonly RegExp[] = [
  /^(?<path>.*): (?<why>patch does not apply|does not exist in (?:index|working directory)|already exists in (?:index|working directory)|does not match index|wrong type)$/,
  /^(?<why>invalid path) '(?<path>.*)'$/,
  /^affected file '(?<path>.*)' is (?<why>beyond a symbolic link)$/,
  /^(?<why>cannot (?:reverse-)?apply (?:a )?binary patch) (?:.*)to '(?<path>.*)'(?: without .*)?$/,
  /^(?<why>binary patch does not apply) to '(?<path>.*)'$/,
  /^the patch applies to '(?<path>.*)' \([0-9a-f]+\), which (?<why>does not match the current contents)\.?$/,
  /^(?<why>unable to add cache entry) for (?<path>.*)$/,
];

function failureOf(error: string, failed: ReadonlyMap<string, number>): HunkFailure | undefined {
  for (const shape of shapes) {
    const groups = shape.exec(error)?.groups;
    const [path, why] = [groups?.['path'], groups?.['why']];
    if (path === undefined || why === undefined) continue;
    const line = failed.get(path);
    return { path: unquoted(path), why, ...(line !== undefined && { line }) };
  }
  return undefined;
}

/** What ends a git that could not work, as against one that will not apply this patch. */
export function couldNotWork(stderr: string): boolean {
  return withoutQuotedText(stderr).some((line) => {
    const error = /^(?:error|fatal): (.*)$/.exec(line)?.[1];
    // What names a file of the patch may say anything: there are files called `…-data-corrupted.yaml`.
    if (error === undefined || error.startsWith('patch failed: ')) return false;
    return failureOf(error, new Map()) === undefined && ofTheMachine.test(error);
  });
}

const ofTheMachine =
  /^(?:failed to read|read of .* failed|unable to (?:read|write|create|open)|cannot read|.*[Nn]o space left|.*index file|Unable to (?:write|create)|not a git repository|bad object|.*corrupt(?!.*patch))/;
