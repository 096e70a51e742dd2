import type { CommitDescription } from '../model/upstream.ts';
import { parseVersion } from '../model/version.ts';
import type { Version } from '../model/version.ts';

/**
 * What pbr calls a commit (pbr 7: `_get_version_from_git`, `SemanticVersion.increment`): the tag
 * itself on a tagged commit, else the next version with `.devN` for N commits since. A version with
 * leading zeros (OVN's 25.09) is no pbr project: it says `.postN` after the last release.
 */
export function versionOfCommit(
  description: Pick<CommitDescription, 'tag' | 'distance' | 'semVer'>,
): string {
  const { tag, distance, semVer } = description;
  const last = parseVersion(tag ?? '0.0.0');
  if (!last) throw new Error(`${String(tag)} is not a version`);
  if (distance === 0) return last.text;
  if (/(^|\.)0\d/.test(last.text)) return `${last.text}.post${distance}`;
  return `${nextVersion(last, semVer)}.dev${distance}`;
}

/** Bugfix: the next patch, or the next serial of a pre-release; a feature ends the pre-releases. */
function nextVersion(last: Version, semVer: CommitDescription['semVer']): string {
  const [major = 0, minor = 0, patch = 0] = last.release;
  if (semVer === 'api-break') return `${major + 1}.0.0`;
  if (semVer === 'feature') return `${major}.${minor + 1}.0`;
  const serial = /(?<type>a|b|rc)(?<number>\d+)$/.exec(last.text)?.groups;
  if (!serial) return `${major}.${minor}.${patch + 1}`;
  return `${major}.${minor}.${patch}.0${serial['type'] ?? ''}${Number(serial['number']) + 1}`;
}
