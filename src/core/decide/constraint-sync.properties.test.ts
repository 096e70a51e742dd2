import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constraintsIn,
  constraintsOf,
  overridesOf,
} from '../../../test/support/constraint-files.ts';
import { constraintLine, entryKey } from '../model/constraints.ts';
import type { ConstraintsFile } from '../model/constraints.ts';
import { syncConstraints } from './constraint-sync.ts';
import { effectiveConstraints } from './effective.ts';
import { applyOverrides } from './overrides.ts';

const spellings = ['PyMySQL', 'pymysql', 'zc.lockfile', 'zc_lockfile', 'c', 'd', 'e', 'f', 'g'];
const markers = ["python_version=='3.8'", "python_version=='3.9'", "python_version>='3.10'"];
const version = fc.constantFrom('1', '2', '3', '4.0.0rc1');

/** Lines of one name: one for all Pythons, or some for different ones, as in upstream's files. */
const pinsOfName = fc
  .tuple(fc.constantFrom(...spellings), fc.subarray(markers), version, version)
  .map(([name, some, first, second]) =>
    some.length === 0
      ? [`${name}===${first}`]
      : some.map((marker, n) => `${name}===${n % 2 ? first : second};${marker}`),
  );

const comments = fc.subarray(['# WARNING', '#', '# frozen'], { maxLength: 2 });

/** A file as upstream generates it: any order, each entry once, comments at the top. */
const upstreamLines = fc
  .tuple(comments, fc.array(pinsOfName, { maxLength: 8 }), fc.infiniteStream(fc.nat()))
  .map(([head, names, order]) => {
    const unique = new Map(
      names.flat().map((line) => {
        const [entry] = constraintsOf(line).entries;
        return [entry!.key, names.find((lines) => lines.includes(line))!];
      }),
    );
    const lines = [...unique.values()]
      .flat()
      .map((line) => ({ line, place: order.next().value as number }));
    return [...head, ...lines.sort((a, b) => a.place - b.place).map(({ line }) => line)];
  });

type Edit = (lines: string[], at: number) => void;

/** What people do inside a vendored file. */
const edit = fc.constantFrom<Edit>(
  (lines, at) => {
    lines[at] = lines[at]?.replace(/===[^;]+/, '===9') ?? 'own-at-end===9';
  },
  (lines, at) => {
    if (lines[at]) lines[at] = lines[at].replace(/;.*/, '');
  },
  (lines, at) => {
    if (lines[at]?.includes('===')) lines[at] += '  # by hand';
  },
  (lines, at) => lines.splice(at, 1),
  (lines, at) => lines.splice(at, 0, `own-${at}===1`),
  (lines, at) => lines.splice(at, 0, `# by hand ${at}`),
);

const edits = fc.array(fc.tuple(edit, fc.nat(20)), { maxLength: 5 });

/** Without lines that say a second time what another says: no sync is tried on such a file. */
function usable(lines: readonly string[]): ConstraintsFile {
  const seen = new Set<string>();
  const kept = lines.filter((line) => {
    const [entry] = constraintsOf(line).entries;
    const key = entry ? entryKey(entry) : line;
    return !seen.has(key) && seen.add(key);
  });
  return constraintsOf(...kept);
}

const situation = fc.tuple(upstreamLines, upstreamLines, edits).map(([was, now, done]) => {
  const lines = [...was];
  for (const [change, at] of done) change(lines, at % (lines.length + 1));
  return { base: constraintsOf(...was), upstream: constraintsOf(...now), local: usable(lines) };
});

function sync(files: { base: ConstraintsFile; local: ConstraintsFile; upstream: ConstraintsFile }) {
  const rest = { series: '2025.2', ref: 'stable/2025.2', commit: 'c'.repeat(40) };
  return syncConstraints({ ...files, ...rest, overrides: undefined });
}

function after({ local, ...rest }: Parameters<typeof sync>[0]): ConstraintsFile {
  return constraintsIn(sync({ local, ...rest })?.text ?? local.lines.join(''));
}

function pins({ entries }: ConstraintsFile) {
  return new Map(entries.map((entry) => [entryKey(entry), entry.version]));
}

function nameOf(key: string): string {
  return key.slice(0, key.indexOf(';'));
}

describe('a sync of constraints', () => {
  it('without hand edits gives upstream exactly', () => {
    fc.assert(
      fc.property(upstreamLines, upstreamLines, (was, now) => {
        const [base, upstream] = [constraintsOf(...was), constraintsOf(...now)];
        const { lines } = after({ base, local: base, upstream });
        expect(lines.filter((line) => !line.includes('synced by'))).toEqual(upstream.lines);
      }),
    );
  });

  it('done again changes nothing, be the base the old one or the new one', () => {
    fc.assert(
      fc.property(situation, ({ base, local, upstream }) => {
        const once = after({ base, local, upstream });
        expect(sync({ base, local: once, upstream })).toBeUndefined();
        expect(sync({ base: upstream, local: once, upstream })).toBeUndefined();
      }),
    );
  });

  it('keeps every pin that was edited and takes every other one from upstream', () => {
    fc.assert(
      fc.property(situation, ({ base, local, upstream }) => {
        const [was, mine, theirs] = [pins(base), pins(local), pins(upstream)];
        const result = after({ base, local, upstream });
        const keys = [...new Set([...was.keys(), ...mine.keys(), ...theirs.keys()])];
        const edited = keys.filter((key) => was.get(key) !== mine.get(key));
        const names = new Set(edited.map(nameOf));
        for (const key of keys.filter((one) => !names.has(nameOf(one)))) {
          expect([key, pins(result).get(key)]).toEqual([key, theirs.get(key)]);
        }
        for (const key of edited) {
          const versions = result.entries.flatMap((one) =>
            one.key === nameOf(key) ? one.version : [],
          );
          if (mine.has(key)) expect(versions).toContain(mine.get(key));
          else expect(pins(result).has(key)).toBe(false);
        }
      }),
    );
  });

  it('keeps every comment that was added by hand', () => {
    fc.assert(
      fc.property(situation, ({ base, local, upstream }) => {
        const added = local.lines.filter((line) => line.startsWith('# by hand'));
        expect(after({ base, local, upstream }).lines).toEqual(expect.arrayContaining(added));
      }),
    );
  });

  it('proposes overrides that say the same as the edits it kept', () => {
    fc.assert(
      fc.property(situation, ({ base, local, upstream }) => {
        const move = sync({ base, local, upstream });
        fc.pre(move !== undefined && isSound(constraintsIn(move.text)));
        const overrides = overridesOf(...move.kept.map(({ override }) => override));
        const proposed = applyOverrides(upstream, overrides).set;
        const kept = applyOverrides(constraintsIn(move.text), undefined).set;
        expect(linesOn312(proposed)).toEqual(linesOn312(kept));
      }),
    );
  });

  it('does in a CRLF file what it does in another', () => {
    fc.assert(
      fc.property(situation, ({ base, local, upstream }) => {
        const crlf = constraintsIn(local.lines.join('').replaceAll('\n', '\r\n'));
        fc.pre(crlf.lines.length > 0);
        const text = sync({ base, local, upstream })?.text;
        expect(sync({ base, local: crlf, upstream })?.text).toBe(text?.replaceAll('\n', '\r\n'));
      }),
    );
  });
});

/** Whether no name has two versions: what contradicts itself, no override can say. */
function isSound(file: ConstraintsFile): boolean {
  const { set } = applyOverrides(file, undefined);
  const holding = effectiveConstraints({ set, python: '3.12', built: [] });
  return new Set(holding.map(({ key }) => key)).size === linesOn312(set).size;
}

/** Name and version only: which marker says so is another matter. */
function linesOn312(set: ReturnType<typeof applyOverrides>['set']) {
  const holding = effectiveConstraints({ set, python: '3.12', built: [] });
  return new Set(
    holding
      .map(({ key, version: pinned }) =>
        constraintLine({ name: key, version: pinned, markerText: '' }),
      )
      .sort(),
  );
}
