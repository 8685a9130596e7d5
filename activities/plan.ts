import { activityInfo } from '@temporalio/activity';
import { windowsOf } from '../gate/windows.ts';
import { claimCycle } from '../ledger/claimCycle.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { cycleId } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { primaryMetricOf } from '../schemas/metrics.ts';
import type { Contest, Plan, RetrainRequest } from '../schemas/steps.ts';
import { checkRequest } from './checkRequest.ts';
import { contestOf, supersededBy } from './contest.ts';
import { planQueries } from './planQueries.ts';
import { stoppedBackfill } from './stoppedBackfill.ts';
import type { World } from './world.ts';

/** The cycle of a backfill is prepared before it is known who reigns: the activity `contest` says so later. */
const unknownYet: Contest = {
  champion: null,
  past: { evidence: [], observations: [], lastPredictions: null },
  foresight: null,
};

/** By so much the clocks of Temporal and of a worker may differ. */
const clockSkewMilliseconds = 60_000;

export const planActivities = (world: World) => ({
  /** Claims the cycle in the ledger and says what it will do: windows, queries, the champion to beat. */
  async plan(request: RetrainRequest, attemptToken: string): Promise<Plan> {
    checkRequest(request, activityInfo().workflowExecution?.workflowId ?? '');
    const { ledger, limits } = world;
    const { model, lineage, asOf, definitionVersion: version, trigger, actor } = request;
    const key = { model, lineage, asOf, definitionVersion: version };
    const stored = await definitionVersion(ledger.db, model, version);
    if (stored === undefined) throw errorOf('ModelUnknown', 'versionNotApplied', { version, model });
    // The schedule's own clock may be a little ahead.
    const early = trigger === 'schedule' ? clockSkewMilliseconds : 0;
    if (Date.parse(asOf) > Date.now() + early) throw errorOf('AsOfInFuture', 'future', { asOf });
    const { definition, codeHash } = stored;
    const isAhead = trigger === 'backfill';
    const stopped = isAhead ? await stoppedBackfill(ledger.db, request) : null;
    if (stopped !== null) return { kind: 'settled', status: 'cancelled', summary: stopped };
    const windows = windowsOf(asOf, definition.windows);

    const { outcome, cycle, judgements } = await claimCycle(ledger.db, {
      ...{ id: cycleId(request), ...key, trigger, actor, windows, attemptToken },
    });
    if (outcome === 'settled') return { kind: 'settled', status: cycle.status, summary: cycle.summary };
    // After the claim: whoever retires the model sees this cycle, or this cycle sees the retirement.
    const retirement = await retirementOf(ledger.db, model, version);
    if (retirement !== undefined) {
      const { by, at, reason } = retirement;
      throw errorOf('ModelRetired', 'retired', { model, by, at, reason });
    }

    const superseded = await supersededBy(world, key);
    if (superseded !== null) return { kind: 'superseded', attempt: cycle.attempt, summary: superseded };
    const queries = await planQueries(world, definition, windows, asOf);
    const identity = { id: cycle.id, ...key };
    const contest = isAhead ? unknownYet : await contestOf(world, identity, definition, queries.holdout);
    return {
      kind: 'planned',
      cycle: identity,
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
      ...contest,
      ...(isAhead ? { unattended: true } : {}),
      firstJudgement: judgements + 1,
      fitTimeoutSeconds: limits.fitTimeoutSeconds,
    };
  },
});
