import type { Catalog } from '../model/catalog.ts';
import type { Failure } from '../model/failures.ts';

/**
 * Series of which it is not known what would move, for want of answers: what moves together there may be
 * another set as soon as upstream answers again.
 */
export function unsettledSeries(
  { series }: Pick<Catalog, 'series'>,
  failed: readonly Failure[],
): ReadonlySet<string> {
  const unsettled = failed.flatMap(({ about, absent = false }) => {
    if (absent || about?.kind === 'constraints') return [];
    const hit = about ? series.filter((one) => concerns(about, one)) : series;
    return hit.map(({ id }) => id);
  });
  return new Set(unsettled);
}

type Subject = Exclude<NonNullable<Failure['about']>, { readonly kind: 'constraints' }>;

function concerns(about: Subject, { id, pins }: Catalog['series'][number]): boolean {
  if (about.series !== undefined) return about.series === id;
  return pins.some(({ component }) => component === about.component);
}
