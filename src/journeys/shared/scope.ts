import type { Catalog } from '../../core/model/catalog.ts';
import { UserError } from '../../core/model/failures.ts';
import { nearestWord } from '../../core/model/nearest.ts';

/** Which part of the repository to look at; empty means all of it. */
export interface CheckScope {
  readonly series: readonly string[];
  readonly components: readonly string[];
}

export const wholeRepository: CheckScope = { series: [], components: [] };

/** The catalog with only some series and components; a name that does not exist is the caller's mistake. */
export function narrow(catalog: Catalog, { series, components }: CheckScope): Catalog {
  const ids = catalog.series.map(({ id }) => id);
  requireKnown('series', series, ids);
  requireKnown('component', components, [...catalog.components.keys()]);
  return {
    ...catalog,
    series: catalog.series
      .filter(({ id }) => series.length === 0 || series.includes(id))
      .map((one) => ({
        ...one,
        pins: one.pins.filter(
          ({ component }) => components.length === 0 || components.includes(component),
        ),
      })),
  };
}

/** Throws UserError where there is nothing to compare a series with. */
export function requireSeveral({ series: [first, second] }: Catalog): void {
  if (second) return;
  throw new UserError(
    `--carry-forward compares series, and only ${first?.id ?? 'one'} is looked at`,
    'name another --series, or none',
  );
}

/** Throws UserError for the first name that is not among those that there are, and offers the nearest that is. */
export function requireKnown(
  noun: string,
  asked: readonly string[],
  known: readonly string[],
): void {
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestWord(unknown, known);
  const meant = nearest === undefined ? '' : `did you mean ${nearest}? `;
  const remedy = `${meant}there is ${known.join(', ')}`;
  throw new UserError(`there is no ${noun} ${unknown} here`, remedy);
}
