import { distance } from 'fastest-levenshtein';

/**
 * The word that was probably meant: the one with the fewest edits, where these are few for its length.
 *
 * @example nearest('featurs', ['label', 'features']) // 'features'
 */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: { word: string; edits: number } | undefined;
  for (const candidate of words) {
    const edits = distance(plain(word), plain(candidate));
    if (edits <= mostEdits(candidate) && (best === undefined || edits < best.edits)) best = { word: candidate, edits };
  }
  return best?.word;
}

/** Two neighbours in the wrong order are two edits; in a word of three letters two edits make another word. */
const mostEdits = ({ length }: string) => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)));

/** `row_id`, `row-id` and `rowid` are the same word for the purpose. */
const plain = (word: string) => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
