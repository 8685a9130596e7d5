import type { Definition } from '../schemas/definition.ts';
import type { PlannedQuery } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import { describeQuery } from '../source/describeQuery.ts';
import { planExtract } from '../source/planExtract.ts';
import type { World } from './world.ts';

/** The two queries of a cycle, planned against the source as it is today. */
export async function planQueries(
  { connectionUrl }: World,
  definition: Definition,
  windows: { train: Window; holdout: Window },
  asOf: string,
): Promise<{ train: PlannedQuery; holdout: PlannedQuery }> {
  const { source } = definition;
  const described = await describeQuery(connectionUrl(source.connection), source.query);
  return {
    train: planExtract({ definition, described, purpose: 'train', window: windows.train, asOf }),
    holdout: planExtract({ definition, described, purpose: 'holdout', window: windows.holdout, asOf }),
  };
}
