import { errorOf } from '../schemas/errors.ts';
import type { PromotionKind } from './database.ts';

/** What of a reign decides whether a rollback can restore it. */
export interface PastReign {
  readonly epoch: number;
  /** The version's id, and its number in the registry. */
  readonly champion: string;
  readonly version: number | null;
  readonly kind: PromotionKind;
  /** Of a rollback. */
  readonly restoresEpoch: number | null;
}

/** Which reign of one line of champions is to be restored. */
export interface Restoring {
  readonly model: string;
  readonly lineage: string;
  /** The version that is to reign again. Left out: the one that reigned before the present one, as a challenger found it. */
  readonly to?: number | undefined;
}

/**
 * The reign that a rollback restores: the last one of the version that is named or, where none is, the one before the
 * present reign. Where the present reign is a rollback itself, that is the one before the reign which it restored: never
 * the version that failed.
 *
 * @param reigns all of the lineage, in order
 * @throws ReignError RollbackRefused
 */
export function restoredReign(reigns: readonly PastReign[], { model, lineage, to }: Restoring): PastReign {
  const present = reigns.at(-1);
  if (present === undefined) throw errorOf('RollbackRefused', 'nobodyReigns', { model, lineage });
  if (to === undefined) {
    const before = reigns.find(({ epoch }) => epoch === wonEpoch(reigns, present) - 1);
    if (before !== undefined) return before;
    throw errorOf('RollbackRefused', 'noPredecessor', { model, version: shown(present) });
  }
  if (present.version === to) throw errorOf('RollbackRefused', 'reigns', { model, version: to, epoch: present.epoch });
  const last = reigns.findLast(({ version }) => version === to);
  if (last === undefined) throw errorOf('RollbackRefused', 'neverReigned', { model, version: to, lineage });
  return last;
}

/** The epoch at which the version of a reign was made champion other than by a rollback. */
function wonEpoch(reigns: readonly PastReign[], reign: PastReign): number {
  const restored = reign.restoresEpoch === null ? undefined : reigns.find(({ epoch }) => epoch === reign.restoresEpoch);
  return restored === undefined ? reign.epoch : wonEpoch(reigns, restored);
}

const shown = ({ version, champion }: PastReign): string => (version === null ? champion : String(version));
