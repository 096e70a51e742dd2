import { explain } from '@renovatebot/pep440';
import type { Marker, MarkerTerm } from '../model/marker.ts';
import { compareVersions, parseVersion } from '../model/version.ts';
import type { Version } from '../model/version.ts';

/** The Python that markers are evaluated for. The rest of it is CPython on Linux. */
export interface MarkerEnvironment {
  /** `3.12` */
  readonly python: string;
  /** Default: the first release, `3.12.0`. */
  readonly pythonFullVersion?: string;
  /** Default `x86_64`. */
  readonly platformMachine?: string;
}

type Values = ReadonlyMap<string, string>;

/** Whether a PEP 508 marker holds in an environment; a line without a marker always applies. */
export function markerApplies(marker: Marker | undefined, environment: MarkerEnvironment): boolean {
  return marker === undefined || holds(marker, valuesOf(environment));
}

function valuesOf(environment: MarkerEnvironment): Values {
  const full = environment.pythonFullVersion ?? fullVersionOf(environment.python);
  return new Map([
    ['python_version', environment.python.split('.', 2).join('.')],
    ['python_full_version', full],
    ['implementation_version', full],
    ['implementation_name', 'cpython'],
    ['platform_python_implementation', 'CPython'],
    ['python_implementation', 'CPython'],
    ['sys_platform', 'linux'],
    ['os_name', 'posix'],
    ['platform_system', 'Linux'],
    ['platform_machine', environment.platformMachine ?? 'x86_64'],
    // Those of the host that builds: not known here, so nothing is equal to them.
    ['platform_release', ''],
    ['platform_version', ''],
    ['extra', ''],
  ]);
}

function fullVersionOf(python: string): string {
  return python.split('.').length < 3 ? `${python}.0` : python;
}

/** Walks down the left side in a loop: a file may chain more `or`s than the stack has room for. */
function holds(marker: Marker, values: Values): boolean {
  const outer: Exclude<Marker, { kind: 'compare' }>[] = [];
  let innermost = marker;
  while (innermost.kind !== 'compare') {
    outer.push(innermost);
    innermost = innermost.left;
  }
  let result = comparisonHolds(innermost, values);
  for (const { kind, right } of outer.reverse()) {
    result = kind === 'and' ? result && holds(right, values) : result || holds(right, values);
  }
  return result;
}

/**
 * A comparison that PEP 508 gives no meaning to (`~=` between words, an unknown variable) counts as
 * true: the line stays, and pip has the last word on it.
 */
function comparisonHolds(
  comparison: Extract<Marker, { kind: 'compare' }>,
  values: Values,
): boolean {
  const left = valueOf(comparison.left, values);
  const right = valueOf(comparison.right, values);
  if (left === undefined || right === undefined) return true;
  return (
    compareAsVersions(left, comparison.operator, right) ??
    compareStrings(left, comparison.operator, right)
  );
}

function valueOf(term: MarkerTerm, values: Values): string | undefined {
  // PEP 345 spelled them with a dot: `os.name`.
  return term.kind === 'literal' ? term.value : values.get(term.name.replace('.', '_'));
}

/** As `packaging` does since 26: between words that are no versions nothing is older or newer. */
function compareStrings(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case 'in':
      return right.includes(left);
    case 'not in':
      return !right.includes(left);
    case '!=':
      return left !== right;
    case '<':
    case '>':
      return false;
    case '~=':
      return true;
    default:
      return left === right;
  }
}

/** `undefined` where one of the two is not a version, or the operator not one of versions. */
function compareAsVersions(left: string, operator: string, right: string): boolean | undefined {
  if (right.endsWith('.*')) return comparePrefix(left, operator, right.slice(0, -2));
  const [a, b] = [parseVersion(left), parseVersion(right)];
  return a && b && versionOperators.get(operator)?.(a, b);
}

type VersionOperator = (a: Version, b: Version) => boolean | undefined;

/** PEP 440: `<` leaves out pre-releases, and `>` post-releases, of the version that is named. */
const versionOperators: ReadonlyMap<string, VersionOperator> = new Map<string, VersionOperator>([
  ['===', (a, b) => a.text.toLowerCase() === b.text.toLowerCase()],
  ['==', (a, b) => compareVersions(a, b) === 0],
  ['!=', (a, b) => compareVersions(a, b) !== 0],
  ['>=', (a, b) => compareVersions(a, b) >= 0],
  ['<=', (a, b) => compareVersions(a, b) <= 0],
  ['<', (a, b) => compareVersions(a, b) < 0 && !(a.prerelease && !b.prerelease && sameBase(a, b))],
  ['>', (a, b) => compareVersions(a, b) > 0 && !(isPost(a) && !isPost(b) && sameBase(a, b))],
  ['~=', isCompatible],
]);

/** `~= 3.9` is `>= 3.9` and `== 3.*`; one number alone has no series to stay in. */
function isCompatible(a: Version, b: Version): boolean | undefined {
  if (b.release.length < 2) return undefined;
  const series = b.release.slice(0, -1).join('.');
  return compareVersions(a, b) >= 0 && comparePrefix(a.text, '==', series);
}

/** `== 3.12.*`: the numbers in front agree; missing ones count as zero. */
function comparePrefix(left: string, operator: string, prefix: string): boolean | undefined {
  const [version, wanted] = [parseVersion(left), parseVersion(prefix)];
  if (!version || !wanted || (operator !== '==' && operator !== '!=')) return undefined;
  const matches = wanted.release.every((part, index) => part === (version.release[index] ?? 0));
  return matches === (operator === '==');
}

function sameBase(a: Version, b: Version): boolean {
  return zeroless(a) === zeroless(b);
}

function zeroless({ text }: Version): string | undefined {
  return explain(text)?.base_version.replace(/(\.0)+$/, '');
}

function isPost({ text }: Version): boolean {
  return explain(text)?.is_postrelease ?? false;
}
