import { readPbrVersion } from '../model/pbr-version.ts';
import type { PbrVersion } from '../model/pbr-version.ts';
import type { CommitDescription } from '../model/upstream.ts';

/**
 * What pbr calls a commit (pbr 7: `_get_version_from_git`, `SemanticVersion.increment`): the tag on a
 * tagged commit, as pbr spells it, else the next version with `.devN` for N commits since. A version
 * with leading zeros (OVN's 25.09) is no pbr project: it says `.postN` after the last release.
 */
export function versionOfCommit(
  description: Pick<CommitDescription, 'tag' | 'distance' | 'semVer'>,
): string {
  const { tag = '0.0.0', distance, semVer } = description;
  const plain = tag.replace(/^v/i, '');
  if (/(^|\.)0\d/.test(plain)) return distance === 0 ? plain : `${plain}.post${distance}`;
  const last = readPbrVersion(tag);
  if (!last) throw new Error(`${tag} is not a version`);
  return distance === 0 ? spelled(last) : spelled({ ...increment(last, semVer), dev: distance });
}

/** Bugfix: the next patch, or the next serial of a pre-release; a feature ends the pre-releases. */
function increment(
  { release: [major, minor, patch], pre }: PbrVersion,
  semVer: CommitDescription['semVer'],
): Pick<PbrVersion, 'release' | 'pre'> {
  if (semVer === 'api-break') return { release: [major + 1, 0, 0] };
  if (semVer === 'feature') return { release: [major, minor + 1, 0] };
  if (!pre) return { release: [major, minor, patch + 1] };
  return { release: [major, minor, patch], pre: { ...pre, number: pre.number + 1 } };
}

function spelled({ release, pre, dev }: PbrVersion): string {
  const serial = pre ? `.0${pre.type}${pre.number}` : '';
  return `${release.join('.')}${serial}${dev > 0 ? `.dev${dev}` : ''}`;
}
