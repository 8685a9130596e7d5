import type { PlannedCycle } from '../schemas/steps.ts';
import { trainer } from './proxies.ts';

/**
 * Whether a fit would be in vain: even by the most favourable of the past cycles this one could not show the gain that
 * its definition asks for.
 *
 * @returns why, or null where the cycle is worth its fit
 */
export async function foresee({ foresight }: PlannedCycle): Promise<string | null> {
  if (foresight === null) return null;
  const { wanted, request } = foresight;
  const { optimistic, pessimistic, pastCycles } = await trainer.forecast(request);
  if (optimistic === null || pessimistic === null || optimistic <= wanted) return null;
  const range = `${optimistic.toFixed(4)} to ${pessimistic.toFixed(4)}`;
  return `Not fitted: by ${pastCycles} past cycles, ${request.clusters} clusters could show a difference of ${range}, and ${wanted} is asked for (gate.detect).`;
}
