import { closest, distance } from 'fastest-levenshtein';

/** The known word that was probably meant; `undefined` where none is near enough to offer. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, known);
  const isNear = distance(word, nearest) <= Math.max(1, Math.floor(word.length / 3));
  return isNear ? nearest : known.find((one) => isSwapped(word, one));
}

/** Two neighbours in the wrong order are one mistake of the fingers, and two of edit distance. */
function isSwapped(word: string, other: string): boolean {
  let at = 0;
  while (at < word.length && word[at] === other[at]) at += 1;
  const swapped = `${word[at + 1] ?? ''}${word[at] ?? ''}`;
  return word !== other && word.slice(0, at) + swapped + word.slice(at + 2) === other;
}
