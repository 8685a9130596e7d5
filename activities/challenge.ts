import { activityInfo } from '@temporalio/activity';
import { refuseTrained } from '../gate/refuseTrained.ts';
import { windowsOf } from '../gate/windows.ts';
import { type Claim, claimCycle } from '../ledger/claimCycle.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { outsideVersionOf } from '../ledger/outsideVersions.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { noteData, waitForData } from '../ledger/waiting.ts';
import { cycleId } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { primaryMetricOf } from '../schemas/metrics.ts';
import type { ChallengeRequest, ClaimedChallenge, Plan, PlannedChallenge } from '../schemas/steps.ts';
import { checkRequest } from './checkRequest.ts';
import { contestOf, supersededBy } from './contest.ts';
import { planQueries } from './planQueries.ts';
import type { World } from './world.ts';

/** By so much the clocks of Temporal and of a worker may differ. */
const clockSkewMilliseconds = 60_000;

export const challengeActivities = (world: World) => ({
  /** Claims the cycle of a challenge. Where its holdout has not matured yet, the ledger says until when it waits. */
  async claimChallenge(request: ChallengeRequest, attemptToken: string): Promise<ClaimedChallenge> {
    checkRequest(request, activityInfo().workflowExecution?.workflowId ?? '');
    const { db } = world.ledger;
    const { outcome, cycle, windows } = await claim(world, request, attemptToken);
    if (outcome === 'settled') return { kind: 'settled', status: cycle.status, summary: cycle.summary };
    const { model, asOf, definitionVersion: version } = request;
    const retirement = await retirementOf(db, model, version);
    if (retirement !== undefined) {
      const { by, at, reason } = retirement;
      throw errorOf('ModelRetired', 'retired', { model, by, at, reason });
    }
    if (Date.parse(asOf) > Date.now()) {
      const { from, to } = windows.holdout;
      const summary = `Waits until ${asOf}: then the rows from ${from} to ${to}, which version ${request.challenger} is judged on, have matured.`;
      await waitForData(db, cycle, summary);
    }
    return { kind: 'claimed', attempt: cycle.attempt, until: asOf };
  },

  /** What a challenge reads once its holdout has matured, and whom it has to beat. */
  async planChallenge(
    request: ChallengeRequest,
    attemptToken: string,
  ): Promise<Exclude<Plan, { kind: 'planned' }> | PlannedChallenge> {
    const { outcome, cycle, judgements, stored, windows, registered } = await claim(world, request, attemptToken);
    if (outcome === 'settled') return { kind: 'settled', status: cycle.status, summary: cycle.summary };
    const { model, lineage, asOf, definitionVersion: version } = request;
    if (Date.parse(asOf) > Date.now() + clockSkewMilliseconds) throw errorOf('AsOfInFuture', 'future', { asOf });
    await noteData(world.ledger.db, cycle);
    const key = { model, lineage, asOf, definitionVersion: version };
    const superseded = await supersededBy(world, key);
    if (superseded !== null) return { kind: 'superseded', attempt: cycle.attempt, summary: superseded };
    const { definition, codeHash } = stored;
    const queries = await planQueries(world, definition, windows, asOf);
    const identity = { id: cycle.id, ...key };
    const { statementTimeoutSeconds, fitTimeoutSeconds } = world.limits;
    const { connection } = definition.source;
    const { id, modelUri, digest, trainSnapshot, trainWindow, registeredAt, run } = registered;
    return {
      kind: 'planned',
      ...{ cycle: identity, attempt: cycle.attempt, definition, codeHash, windows, fitTimeoutSeconds },
      primary: primaryMetricOf(definition),
      extraction: { connection, queries: [queries.train, queries.holdout], statementTimeoutSeconds },
      ...(await contestOf(world, identity, definition, queries.holdout)),
      firstJudgement: judgements + 1,
      registered: {
        ...{ id, version: registered.version, modelUri, digest, trainSnapshot, trainWindow, registeredAt, run },
      },
    };
  },
});

async function claim(world: World, request: ChallengeRequest, attemptToken: string) {
  const { db } = world.ledger;
  const { model, challenger: number, definitionVersion: version, asOf } = request;
  const stored = await definitionVersion(db, model, version);
  if (stored === undefined) throw errorOf('ModelUnknown', 'versionNotApplied', { version, model });
  const registered = await outsideVersionOf(db, model, number);
  if (registered === undefined) throw errorOf('ChallengeRefused', 'notRegistered', { model, version: number });
  const windows = windowsOf(asOf, stored.definition.windows);
  refuseTrained(registered, asOf, stored.definition.windows);
  const claimed: Claim = await claimCycle(db, {
    ...request,
    id: cycleId(request),
    ...{ windows, attemptToken, challenger: { id: registered.id, version: number } },
  });
  return { ...claimed, stored, windows, registered };
}
