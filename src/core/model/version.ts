import { compare, explain } from '@renovatebot/pep440';

/** An upstream version: PEP 440, because `32.0.0.0rc1` is legal and SemVer cannot say it. */
export interface Version {
  /** As upstream spells it, without any `v` in front. */
  readonly text: string;
  readonly release: readonly number[];
  /** True for alpha, beta, rc and dev releases. */
  readonly prerelease: boolean;
}

/** Reads a PEP 440 version; `undefined` for anything else (`2025.2-eol`, `essex-rc4`). */
export function parseVersion(text: string): Version | undefined {
  const parts = explain(text);
  if (!parts) return undefined;
  return {
    text: text.replace(/^v/i, ''),
    release: parts.release,
    prerelease: parts.is_prerelease || parts.is_devrelease,
  };
}

/** Negative when `a` is older than `b`, zero when PEP 440 calls them equal. */
export function compareVersions(a: Version, b: Version): number {
  return compare(a.text, b.text);
}

/** The newest of some versions, by PEP 440; `undefined` for none. */
export function newestVersion(versions: Iterable<Version>): Version | undefined {
  let newest: Version | undefined;
  for (const version of versions) {
    if (!newest || compareVersions(version, newest) > 0) newest = version;
  }
  return newest;
}
