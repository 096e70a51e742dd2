import { entryKey } from '../model/constraints.ts';
import type { Constraint, ConstraintsFile, Override, OverridesFile } from '../model/constraints.ts';
import type { Finding } from '../model/finding.ts';
import { nearestWord } from '../model/nearest.ts';
import { compareVersions, parseVersion } from '../model/version.ts';
import type { OverrideRules, SetOverride } from './override-rules.ts';

interface Overridden {
  readonly file: ConstraintsFile;
  readonly overrides: OverridesFile;
  readonly rules: OverrideRules;
  /** Upstream's lines by PEP 503 name. */
  readonly lines: ReadonlyMap<string, readonly Constraint[]>;
}

type Words = Pick<Finding, 'code' | 'level' | 'message' | 'remedy'>;

/** What a person should know about their overrides: those without effect, backwards, or new. */
export function overrideFindings(input: Overridden): readonly Finding[] {
  const suggest = suggester(input);
  return input.overrides.entries.flatMap((entry) =>
    wordsFor(entry, { ...input, suggest }).map((words) => ({
      file: input.overrides.path,
      line: entry.line,
      ...words,
    })),
  );
}

/** For the first few names only, and in files of a real size: a lookup reads every known name. */
function suggester({ lines }: Overridden): (key: string) => string | undefined {
  const known = lines.size < 5000 ? lines : new Map<string, readonly Constraint[]>();
  let left = 20;
  return (key) => {
    if (left-- <= 0 || key.length > 100) return undefined;
    // People leave out the front of a name: `novaclient` for `python-novaclient`.
    const longer = [...known.keys()].filter((name) => name.endsWith(`-${key}`));
    const near = nearestWord(key, [...known.keys()]);
    const names = new Set([...(near === undefined ? [] : [near]), ...longer.slice(0, 3)]);
    const spelled = [...names].map((name) => known.get(name)?.[0]?.name ?? name);
    return spelled.length > 0 ? spelled.join(' or ') : undefined;
  };
}

interface Context extends Overridden {
  readonly suggest: (key: string) => string | undefined;
}

function wordsFor(entry: Override, context: Context): readonly Words[] {
  const later = context.rules.undone.get(entry);
  if (later) {
    return [nothingChanges(`line ${later.line} undoes the override of ${entry.name}`)];
  }
  const lines = context.lines.get(entry.key);
  if (entry.kind === 'remove') return lines ? [] : [removesNothing(entry, context)];
  if (!lines) return [adds(entry, context)];
  const same = lines.filter((line) => entryKey(line) === entryKey(entry));
  const hit = entry.markerText === '' ? lines : same;
  if (hit.length === 0) return [addsMarker(entry, lines, context)];
  if (same.length === hit.length && hit.every((line) => line.version === entry.version)) {
    return [nothingChanges(`${context.file.path} pins ${entry.name} to ${entry.version} already`)];
  }
  return [...older(entry, hit, context), ...dropsMarker(entry, hit, context)];
}

function nothingChanges(message: string): Words {
  return { code: 'override-changes-nothing', level: 'warning', message, remedy: 'remove the line' };
}

function removesNothing(entry: Override, { file, suggest }: Context): Words {
  const names = suggest(entry.key);
  return {
    code: 'override-removes-nothing',
    level: 'warning',
    message: `${entry.name} is not in ${file.path}, so there is nothing to remove`,
    remedy: names ? `name the package as upstream does: ${names}` : 'remove the line',
  };
}

function adds(entry: SetOverride, { file, suggest }: Context): Words {
  const names = suggest(entry.key);
  return {
    code: 'override-adds',
    level: 'notice',
    message: `${entry.name} is not in ${file.path}: the override adds it`,
    remedy: names
      ? `if another package was meant, name it: ${names}`
      : 'leave it if the package is meant to be pinned here',
  };
}

function addsMarker(entry: SetOverride, lines: readonly Constraint[], { file }: Context): Words {
  const where = lines.map(({ line }) => line).join(', ');
  return {
    code: 'override-adds',
    level: 'notice',
    message: `${file.path} has no line of ${entry.name} for ${entry.markerText}: the override adds one beside line ${where}`,
    remedy: 'give it the marker of the line it is to replace, or no marker to replace them all',
  };
}

/** Versions that PEP 440 cannot read are legal after `===`; they have no order. */
function older(
  entry: SetOverride,
  hit: readonly Constraint[],
  { file }: Context,
): readonly Words[] {
  const version = parseVersion(entry.version);
  const newest = newestPin(hit);
  if (!version || !newest || compareVersions(version, newest.version) >= 0) return [];
  return [
    {
      code: 'override-older',
      level: 'warning',
      message: `${entry.name} ${entry.version} is older than ${newest.version.text}, the pin of ${file.path}:${newest.line}`,
      remedy: `remove the line to get ${newest.version.text}, or keep it if the older version is needed`,
    },
  ];
}

function newestPin(lines: readonly Constraint[]) {
  return lines
    .flatMap(({ version: text, line }) => {
      const version = parseVersion(text);
      return version ? [{ version, line }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version))[0];
}

function dropsMarker(
  entry: SetOverride,
  hit: readonly Constraint[],
  { file }: Context,
): readonly Words[] {
  if (entry.markerText !== '') return [];
  const marked = hit.filter(({ markerText }) => markerText !== '');
  if (marked.length === 0) return [];
  const where = marked.map(({ line, markerText }) => `line ${line} (${markerText})`).join(', ');
  return [
    {
      code: 'override-drops-marker',
      level: 'notice',
      message: `${entry.name} ${entry.version} stands for every Python now: it replaces ${where} of ${file.path}`,
      remedy: 'give the override a marker if it is meant for one Python only',
    },
  ];
}
