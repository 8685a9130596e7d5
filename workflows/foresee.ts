import type { Foreseen, PlannedCycle } from '../schemas/steps.ts';
import { type TrainerActivities, trainer } from './proxies.ts';

/**
 * Forecasts from past cycles which difference this one could show. A fit is in vain if even the most favourable past cycle
 * says that this one could not show the gain that its definition asks for.
 */
export async function foresee(
  { foresight }: Pick<PlannedCycle, 'foresight'>,
  ask: Pick<TrainerActivities, 'forecast'> = trainer,
): Promise<Foreseen> {
  if (foresight === null) return { forecast: null, inVain: null };
  const { wanted, request } = foresight;
  const { optimistic, pessimistic, pastCycles } = await ask.forecast(request);
  if (optimistic === null || pessimistic === null) return { forecast: null, inVain: null };
  const forecast = { optimistic, pessimistic, pastCycles };
  if (wanted === null || optimistic <= wanted) return { forecast, inVain: null };
  const range = `${optimistic.toFixed(4)} to ${pessimistic.toFixed(4)}`;
  const inVain = `Not fitted: by ${pastCycles} past cycles, ${request.clusters} clusters could show a difference of ${range}, and ${wanted} is asked for (gate.detect, above gate.minimumGain).`;
  return { forecast, inVain };
}
