/** The word that was probably meant: the one with the fewest edits, where these are few for its length. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let best: { word: string; edits: number } | undefined;
  for (const candidate of words) {
    const edits = distance(plain(word), plain(candidate));
    if (edits <= Math.max(1, Math.floor(candidate.length / 3)) && (best === undefined || edits < best.edits)) {
      best = { word: candidate, edits };
    }
  }
  return best?.word;
}

/** `row_id`, `row-id` and `rowid` are the same word for the purpose. */
const plain = (word: string) => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Edits (insert, delete, replace, swap of neighbours) from one text to the other. */
function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        edits = Math.min(edits, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
}
