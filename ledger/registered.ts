import { errorOf } from '../schemas/errors.ts';

/** The number of a challenger in the registry: every version of the live lineage has one. */
export function registered({
  challenger,
  challenger_version: version,
}: {
  readonly challenger: string;
  readonly challenger_version: number | null;
}): number {
  if (version !== null) return version;
  throw errorOf('LedgerConflict', 'unregistered', { version: challenger });
}
