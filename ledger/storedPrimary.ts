import type { PrimaryResult } from '../schemas/cycle.ts';

type Later = 'standardError' | 'clusters' | 'detectable' | 'wanted';

/** As it stands in the table: what an earlier release wrote lacks how well it was measured. */
export type StoredPrimary = Omit<PrimaryResult, Later> & Partial<Pick<PrimaryResult, Later>>;

/** The result as it is now: what was not written down then is null, or 0. */
export const primaryResultOf = (stored: StoredPrimary | null): PrimaryResult | null =>
  stored && { standardError: null, clusters: 0, detectable: null, wanted: 0, ...stored };
