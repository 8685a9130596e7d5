import { z } from 'zod';

/** One place at which two documents differ. */
export const Difference = z.strictObject({
  /** Of the value in the document: `metrics.roc_auc.difference.low`, `slices[3].rows`. */
  path: z.string(),
  /** Absent where the document has nothing there. */
  stored: z.unknown().optional(),
  recomputed: z.unknown().optional(),
  /** Two numbers whose distance another processor explains. */
  close: z.boolean(),
});
export type Difference = Readonly<z.infer<typeof Difference>>;

export interface Comparison {
  /**
   * - `identical`: every value is the same, to the last bit
   * - `close`: numbers differ by at most a millionth of their size
   * - `differs`: anything else
   */
  readonly outcome: 'identical' | 'close' | 'differs';
  /** Where they are not the same, what is not close first. */
  readonly differences: readonly Difference[];
}

/** Sums in another order, on a processor of another type, end up this far apart at most; relative, from 1 down absolute. */
export const tolerance = 1e-6;

/**
 * Compares two JSON documents value by value; the order of fields does not count.
 *
 * @param within how far apart two numbers may be and be close; 0: nowhere
 */
export function compareDocuments(stored: unknown, recomputed: unknown, within = tolerance): Comparison {
  const found = [...differencesAt('', stored, recomputed, within)].sort((a, b) => Number(a.close) - Number(b.close));
  const [first] = found;
  if (first === undefined) return { outcome: 'identical', differences: [] };
  return { outcome: first.close ? 'close' : 'differs', differences: found };
}

function* differencesAt(path: string, stored: unknown, recomputed: unknown, within: number): Generator<Difference> {
  if (Object.is(stored, recomputed)) return;
  if (Array.isArray(stored) && Array.isArray(recomputed)) {
    for (let at = 0; at < Math.max(stored.length, recomputed.length); at++)
      yield* differencesAt(`${path}[${at}]`, stored[at], recomputed[at], within);
  } else if (isObject(stored) && isObject(recomputed)) {
    for (const name of new Set([...Object.keys(stored), ...Object.keys(recomputed)]))
      yield* differencesAt(fieldOf(path, name), stored[name], recomputed[name], within);
  } else {
    yield { path, stored, recomputed, close: areClose(stored, recomputed, within) };
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whole numbers count something: they are the same, or not. */
function areClose(stored: unknown, recomputed: unknown, within: number): boolean {
  if (within === 0 || typeof stored !== 'number' || typeof recomputed !== 'number') return false;
  if (Number.isInteger(stored) && Number.isInteger(recomputed)) return false;
  return Math.abs(stored - recomputed) <= within * Math.max(1, Math.abs(stored), Math.abs(recomputed));
}

function fieldOf(path: string, name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}
