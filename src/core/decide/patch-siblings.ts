import type { Catalog, SeriesCatalog } from '../model/catalog.ts';
import type { Finding } from '../model/finding.ts';
import type { CarriedPatch } from '../model/patch-carry.ts';
import { fixesOf, seriesWith } from './patch-fixes.ts';
import type { Fix } from './patch-fixes.ts';

/**
 * Series that pin a component and lack a fix which another series carries for it. With `carry`, those whose
 * source has it are left out; without, nobody has looked.
 */
export function siblingFindings(
  catalog: Catalog,
  carry?: readonly CarriedPatch[],
): readonly Finding[] {
  const components = new Set(catalog.series.flatMap(({ queues }) => [...queues.keys()]));
  return [...components].flatMap((component) => {
    const siblings = seriesWith(component, catalog.series);
    if (siblings.length < 2) return [];
    return fixesOf(component, siblings)
      .filter(({ changeIds, subjects }) => changeIds.size + subjects.size > 0)
      .flatMap((fix) => lacking({ component, fix, siblings, carry: carry ?? [] }));
  });
}

interface Lack {
  readonly component: string;
  readonly fix: Fix;
  readonly siblings: readonly SeriesCatalog[];
  readonly carry: readonly CarriedPatch[];
}

function lacking({ component, fix, siblings, carry }: Lack): readonly Finding[] {
  const have = [...new Set(fix.carried.map(({ series }) => series))];
  const newest = fix.carried.at(-1);
  const known = answersOf(fix, carry);
  const lack = siblings
    .map(({ id }) => id)
    .filter((id) => !have.includes(id) && known.get(id) !== 'there');
  if (!newest || lack.length === 0) return [];
  const unless = lack.every((id) => known.has(id)) ? '' : ', unless the source there has it';
  const carries = have.length > 1 ? 'carry' : 'carries';
  const does = lack.length > 1 ? 'do' : 'does';
  return [
    {
      code: 'patch-not-in-sibling',
      file: newest.patch.path,
      line: 1,
      level: 'notice',
      message: `${component}: ${list(have)} ${carries} ${newest.patch.name}, and ${list(lack)} ${does} not`,
      remedy: `carry it in ${list(lack)} as well${unless}`,
    },
  ];
}

/** What is known of a fix in other series: one copy that is there already is enough. */
function answersOf(
  { carried }: Fix,
  carry: readonly CarriedPatch[],
): ReadonlyMap<string, 'there' | 'not there'> {
  const paths = new Set(carried.map(({ patch }) => patch.path));
  const answers = new Map<string, 'there' | 'not there'>();
  for (const answer of carry.filter(({ path }) => paths.has(path)).flatMap(({ on }) => on)) {
    const there = answer.kind === 'carried' || answer.verdict.verdict === 'already-upstream';
    if (there || !answers.has(answer.series)) {
      answers.set(answer.series, there ? 'there' : 'not there');
    }
  }
  return answers;
}

function list(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
