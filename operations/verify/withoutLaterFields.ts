/**
 * What was recomputed, without the fields that came after the stored document was written: those that it does not have and
 * that reading it filled in. A field of the stored document's own time is never one of them.
 *
 * @param stored as it is stored
 * @param read the same as this release reads it, with defaults
 */
export function withoutLaterFields(stored: unknown, read: unknown, recomputed: unknown): unknown {
  if (Array.isArray(stored) && Array.isArray(read) && Array.isArray(recomputed))
    return recomputed.map((each: unknown, at) => withoutLaterFields(stored[at], read[at], each));
  if (!isObject(stored) || !isObject(read) || !isObject(recomputed)) return recomputed;
  const known = Object.entries(recomputed).filter(([name]) => name in stored || !(name in read));
  return Object.fromEntries(known.map(([name, value]) => [name, withoutLaterFields(stored[name], read[name], value)]));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
