import { closest, distance } from 'fastest-levenshtein';

/** The known word that was probably meant; `undefined` where none is near enough to offer. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, known);
  return distance(word, nearest) <= Math.max(1, Math.floor(word.length / 3)) ? nearest : undefined;
}
