import type { SeriesCatalog } from '../model/catalog.ts';
import type { PatchFile } from '../model/patch.ts';

/** The same fix in the series that carry it, oldest first. */
export interface Fix {
  readonly changeIds: ReadonlySet<string>;
  readonly subjects: ReadonlySet<string>;
  readonly carried: readonly { readonly series: string; readonly patch: PatchFile }[];
}

interface GrowingFix {
  readonly changeIds: Set<string>;
  readonly subjects: Set<string>;
  readonly hashes: Set<string>;
  readonly carried: { readonly series: string; readonly patch: PatchFile }[];
}

/**
 * The fixes that some series carry for a component. A Change-Id stays the same when a fix is carried to
 * another series; without one the subject does, and a copy is the same byte for byte.
 */
export function fixesOf(component: string, series: readonly SeriesCatalog[]): readonly Fix[] {
  const fixes: GrowingFix[] = [];
  for (const { id, queues } of series) {
    for (const patch of queues.get(component)?.patches ?? []) {
      const { changeId, subject } = patch.header;
      const fix = fixes.find((known) => isPartOf(known, patch)) ?? newFix(fixes);
      if (changeId !== undefined) fix.changeIds.add(changeId);
      if (subject !== undefined) fix.subjects.add(subject);
      fix.hashes.add(patch.sha256);
      fix.carried.push({ series: id, patch });
    }
  }
  return fixes;
}

/** Series that pin a component, oldest first. */
export function seriesWith(
  component: string,
  series: readonly SeriesCatalog[],
): readonly SeriesCatalog[] {
  return series.filter(({ pins }) => pins.some((pin) => pin.component === component));
}

function isPartOf(fix: GrowingFix, { header, sha256 }: PatchFile): boolean {
  const { changeId = '', subject = '' } = header;
  return fix.changeIds.has(changeId) || fix.subjects.has(subject) || fix.hashes.has(sha256);
}

function newFix(fixes: GrowingFix[]): GrowingFix {
  const none = { changeIds: new Set<string>(), subjects: new Set<string>() };
  const fix: GrowingFix = { ...none, hashes: new Set(), carried: [] };
  fixes.push(fix);
  return fix;
}
