import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import type { Finding } from '../model/finding.ts';
import type { PatchFile } from '../model/patch.ts';

/** The same fix in the series that carry it, oldest first. */
interface Fix {
  readonly changeIds: Set<string>;
  readonly subjects: Set<string>;
  readonly carried: { readonly series: string; readonly patch: PatchFile }[];
}

/** Series that pin a component and lack a fix which another series carries for it. */
export function siblingFindings(catalog: Catalog): readonly Finding[] {
  const components = new Set(catalog.series.flatMap(({ queues }) => [...queues.keys()]));
  return [...components].flatMap((component) => {
    const siblings = catalog.series.filter(({ pins }) =>
      pins.some((pin) => pin.component === component),
    );
    if (siblings.length < 2) return [];
    return fixesOf(component, siblings).flatMap((fix) => lacking(component, fix, siblings));
  });
}

function lacking(
  component: string,
  { carried }: Fix,
  siblings: readonly SeriesCatalog[],
): readonly Finding[] {
  const have = new Set(carried.map(({ series }) => series));
  const lack = siblings.map(({ id }) => id).filter((id) => !have.has(id));
  const newest = carried.at(-1);
  if (!newest || lack.length === 0) return [];
  return [
    {
      code: 'patch-not-in-sibling',
      file: newest.patch.path,
      line: 1,
      level: 'notice',
      message: `${component}: ${[...have].join(', ')} carries ${newest.patch.name}, and ${lack.join(', ')} does not`,
      remedy: `carry it in ${lack.join(', ')} as well, unless the source there has it`,
    },
  ];
}

/** A Change-Id stays the same when a fix is carried to another series; without one, the subject does. */
function fixesOf(component: string, siblings: readonly SeriesCatalog[]): readonly Fix[] {
  const fixes: Fix[] = [];
  for (const { id, queues } of siblings) {
    for (const patch of queues.get(component)?.patches ?? []) {
      const { changeId, subject } = patch.header;
      if (changeId === undefined && subject === undefined) continue;
      const fix = knownFix(fixes, patch) ?? newFix(fixes);
      if (changeId !== undefined) fix.changeIds.add(changeId);
      if (subject !== undefined) fix.subjects.add(subject);
      fix.carried.push({ series: id, patch });
    }
  }
  return fixes;
}

function knownFix(fixes: readonly Fix[], { header }: PatchFile): Fix | undefined {
  const { changeId = '', subject = '' } = header;
  return fixes.find(({ changeIds, subjects }) => changeIds.has(changeId) || subjects.has(subject));
}

function newFix(fixes: Fix[]): Fix {
  const fix: Fix = { changeIds: new Set(), subjects: new Set(), carried: [] };
  fixes.push(fix);
  return fix;
}
