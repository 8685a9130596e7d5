import { windowsOf } from '../gate/windows.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { errorOf } from '../schemas/errors.ts';
import type { PlannedSnapshots, SnapshotRequest } from '../schemas/steps.ts';
import { planQueries } from './planQueries.ts';
import type { World } from './world.ts';

export const snapshotActivities = (world: World) => ({
  /** The extraction of a cycle, without the cycle. */
  async planSnapshots({ model, definitionVersion: version, asOf }: SnapshotRequest): Promise<PlannedSnapshots> {
    const stored = await definitionVersion(world.ledger.db, model, version);
    if (stored === undefined) throw errorOf('ModelUnknown', 'versionNotApplied', { version, model });
    const { definition } = stored;
    const windows = windowsOf(asOf, definition.windows);
    const queries = await planQueries(world, definition, windows, asOf);
    const { statementTimeoutSeconds } = world.limits;
    const { connection } = definition.source;
    return {
      windows,
      extraction: { connection, queries: [queries.train, queries.holdout], statementTimeoutSeconds },
    };
  },
});
