import { z } from 'zod';
import { cyclesOf, windowsOfCycle } from '../ledger/cycles.ts';
import { decisionsOf } from '../ledger/decisions.ts';
import { judgementsOf } from '../ledger/judgements.ts';
import { stepDurationsOf } from '../ledger/stepDurations.ts';
import { storedJudgements } from '../ledger/storedJudgements.ts';
import { warningsOf } from '../ledger/warnings.ts';
import { cycleReport } from '../report/cycle.ts';
import { actorName } from '../schemas/actor.ts';
import { Cycle, Judgement } from '../schemas/cycle.ts';
import { Evidence } from '../schemas/evidence.ts';
import { Observations } from '../schemas/observations.ts';
import { Policy } from '../schemas/policy.ts';
import { Instant, Window } from '../schemas/primitives.ts';
import { StepDurations, WorkflowProgress } from '../schemas/progress.ts';
import { CycleReport } from '../schemas/report.ts';
import type { OperationContext } from './context.ts';
import { CycleName } from './cycleName.ts';
import { findCycleOrLatest } from './findCycle.ts';
import { operation } from './operation.ts';
import { readEvidence, readFirstEvent, readObservations } from './storedDocuments.ts';

export const showOperation = operation({
  name: 'show',
  description: 'show one cycle as a report: what was judged, on which rows, what was decided and why',
  /** A model's name without an asOf means its latest cycle. */
  request: CycleName,
  answer: Cycle.extend({
    judgements: z.array(Judgement),
    /** What the last judgement was held against; null where it is of an earlier form, or there was none. */
    policy: Policy.nullable(),
    warnings: z.array(z.string()),
    /** What persons decided about its judgements, in order. */
    decisions: z.array(
      z.strictObject({
        kind: z.enum(['approve', 'reject', 'override']),
        by: z.string(),
        at: z.string(),
        reason: z.string(),
      }),
    ),
    windows: z.strictObject({ train: Window, holdout: Window }),
    /** Of the training rows; null where the store is not reachable, or an early manifest does not say. */
    firstEvent: Instant.nullable(),
    /** The evidence of the last judgement; null where there is none yet, or where the store is not reachable. */
    measured: Evidence.nullable(),
    /** What was seen in features and labels. */
    observed: Observations.nullable(),
    /** How long each step of the last attempt took; null while it runs, and for cycles of earlier releases. */
    steps: StepDurations.nullable(),
    /** Where it stands; null where it does not run, or where Temporal is not reachable. */
    progress: WorkflowProgress.nullable(),
    /** Definition versions whose cycles have the same asOf; empty where this is the only one. */
    otherVersions: z.array(z.int()),
    /** What is to be said about it, as messages with their values. */
    report: CycleReport,
  }),
  run: async ({ ledger, store, temporal }: Pick<OperationContext, 'ledger' | 'store' | 'temporal'>, name) => {
    const { db } = ledger;
    const cycle = await findCycleOrLatest(ledger, name);
    const judgements = await judgementsOf(db, cycle.id);
    // Whoever is asked about a judgement sees what was measured, before the cycle has ended.
    const evidence = cycle.evidence ?? (cycle.waitsFor === 'person' ? judgements.at(-1)?.evidence : undefined) ?? null;
    const measured = evidence === null ? null : await readEvidence(store, evidence);
    const observations = measured?.observations?.document;
    const { train } = cycle.snapshots;
    const sameAsOf = await cyclesOf(db, cycle.model, { lineage: cycle.lineage, asOf: cycle.asOf });
    const known = {
      judgements,
      policy: await lastPolicy(ledger, cycle.id, judgements.at(-1)?.number),
      warnings: await warningsOf(db, cycle.id),
      windows: await windowsOfCycle(db, cycle.id),
      firstEvent: train === null ? null : await readFirstEvent(store, train),
      decisions: (await decisionsOf(db, cycle.id)).map(({ kind, actor, decidedAt, reason }) => ({
        ...{ kind, reason },
        by: actorName(actor),
        at: decidedAt,
      })),
      otherVersions: sameAsOf.filter(({ id }) => id !== cycle.id).map(({ definitionVersion }) => definitionVersion),
    };
    const observed = observations === undefined ? null : await readObservations(store, observations);
    return {
      ...cycle,
      ...known,
      measured,
      observed,
      steps: await stepDurationsOf(db, cycle),
      progress: cycle.endedAt === null ? await progressOf(temporal, cycle.id) : null,
      report: cycleReport({ cycle, ...known, evidence: measured, observations: observed }),
    };
  },
});

async function progressOf(temporal: OperationContext['temporal'], id: string): Promise<WorkflowProgress | null> {
  try {
    // A cycle that has ended is shown without loading Temporal's client.
    const { runningWorkflow } = await import('./watch/runningWorkflow.ts');
    const { watcher } = await import('./watch/workflowProgress.ts');
    const workflow = await runningWorkflow(await temporal(), id);
    return workflow === undefined ? null : await watcher(workflow)();
  } catch {
    // The ledger alone says much about a cycle.
    return null;
  }
}

async function lastPolicy(
  { db }: OperationContext['ledger'],
  cycle: string,
  number: number | undefined,
): Promise<Policy | null> {
  if (number === undefined) return null;
  const stored = (await storedJudgements(db, cycle)).find((judgement) => judgement.number === number);
  return Policy.safeParse(stored?.policy).data ?? null;
}
