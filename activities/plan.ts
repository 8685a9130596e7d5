import { activityInfo } from '@temporalio/activity';
import { windowsOf } from '../gate/windows.ts';
import { currentChampion } from '../ledger/champions.ts';
import { claimCycle } from '../ledger/claimCycle.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { cycleId } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { primaryMetricOf } from '../schemas/metrics.ts';
import type { Plan, RetrainRequest } from '../schemas/steps.ts';
import { championToBeat } from './championToBeat.ts';
import { checkRequest } from './checkRequest.ts';
import { foresight } from './foresight.ts';
import { past } from './past.ts';
import { planQueries } from './planQueries.ts';
import type { World } from './world.ts';

/** By so much the clocks of Temporal and of a worker may differ. */
const clockSkewMilliseconds = 60_000;

export const planActivities = (world: World) => ({
  /** Claims the cycle in the ledger and says what it will do: windows, queries, the champion to beat. */
  async plan(request: RetrainRequest, attemptToken: string): Promise<Plan> {
    checkRequest(request, activityInfo().workflowExecution?.workflowId ?? '');
    const { ledger, limits } = world;
    const { model, lineage, asOf, definitionVersion: version, trigger, actor } = request;
    const stored = await definitionVersion(ledger.db, model, version);
    if (stored === undefined) throw errorOf('ModelUnknown', 'versionNotApplied', { version, model });
    // The schedule's own clock may be a little ahead.
    const early = trigger === 'schedule' ? clockSkewMilliseconds : 0;
    if (Date.parse(asOf) > Date.now() + early) throw errorOf('AsOfInFuture', 'future', { asOf });
    const { definition, codeHash } = stored;
    const windows = windowsOf(asOf, definition.windows);

    const { outcome, cycle, judgements } = await claimCycle(ledger.db, {
      id: cycleId(request),
      model,
      lineage,
      asOf,
      definitionVersion: version,
      trigger,
      actor,
      windows,
      attemptToken,
    });
    if (outcome === 'settled') return { kind: 'settled', status: cycle.status, summary: cycle.summary };
    // After the claim: whoever retires the model sees this cycle, or this cycle sees the retirement.
    const retirement = await retirementOf(ledger.db, model, version);
    if (retirement !== undefined) {
      const { by, at, reason } = retirement;
      throw errorOf('ModelRetired', 'retired', { model, by, at, reason });
    }

    const reigning = await currentChampion(ledger.db, model, lineage);
    if (reigning !== undefined && reigning.asOf > asOf) {
      const summary = `Version ${reigning.version} (asOf ${reigning.asOf}) reigns already; the line of champions only moves forward.`;
      return { kind: 'superseded', attempt: cycle.attempt, summary };
    }
    const queries = await planQueries(world, definition, windows, asOf);
    const champion =
      reigning === undefined
        ? null
        : await championToBeat(world, reigning, windows.holdout, { definition, asOf, holdoutQuery: queries.holdout });
    return {
      kind: 'planned',
      cycle: { id: cycle.id, model, lineage, asOf, definitionVersion: version },
      attempt: cycle.attempt,
      definition,
      codeHash,
      primary: primaryMetricOf(definition),
      windows,
      extraction: {
        connection: definition.source.connection,
        queries: [queries.train, queries.holdout],
        statementTimeoutSeconds: limits.statementTimeoutSeconds,
      },
      champion,
      past: await past(world, { id: cycle.id, model, lineage, asOf, definition }),
      foresight:
        champion === null
          ? null
          : await foresight(world, { model, lineage, asOf, definition, holdout: windows.holdout }, champion),
      firstJudgement: judgements + 1,
      fitTimeoutSeconds: limits.fitTimeoutSeconds,
    };
  },
});
