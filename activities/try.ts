import { alphaFor } from '../gate/errorBudget.ts';
import { windowsOf } from '../gate/windows.ts';
import type { TryPlan, TryRequest } from '../schemas/steps.ts';
import { sampleQuery } from '../source/sampleQuery.ts';
import { planQueries, primaryOf } from './planQueries.ts';
import type { World } from './world.ts';

export const tryActivities = (world: World) => ({
  /** The plan of a try: like a cycle's, but nothing is claimed and nobody has to be beaten. */
  async planTry({ definition, asOf, rows, id }: TryRequest): Promise<TryPlan> {
    const windows = windowsOf(asOf, definition.windows);
    const { train, holdout } = await planQueries(world, definition, windows, asOf);
    const queries = [train, holdout].map((query) => (rows === null ? query : sampleQuery(query, rows)));
    return {
      cycle: { id, model: definition.model, lineage: 'try', asOf, definitionVersion: 0 },
      primary: primaryOf(definition),
      windows,
      extraction: {
        connection: definition.source.connection,
        queries,
        statementTimeoutSeconds: world.limits.statementTimeoutSeconds,
      },
      charge: { alpha: alphaFor(definition.gate.error, definition.schedule), account: 'none' },
      fitTimeoutSeconds: world.limits.fitTimeoutSeconds,
    };
  },
});
