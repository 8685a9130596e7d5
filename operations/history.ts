import { z } from 'zod';
import { history } from '../ledger/history.ts';
import { historyReport } from '../report/history.ts';
import { PrimaryResult } from '../schemas/cycle.ts';
import { FollowUp } from '../schemas/evidence.ts';
import { Interval } from '../schemas/interval.ts';
import { AskedLineage, Lineage } from '../schemas/lineage.ts';
import { Hash, Instant } from '../schemas/primitives.ts';
import { HistoryReport } from '../schemas/report.ts';
import { verdicts } from '../schemas/verdict.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';

export const historyOperation = operation({
  name: 'history',
  description: 'list the champions of a model: from when to when, what each one beat, why, and who decided',
  request: z.strictObject({ model: z.string(), lineage: AskedLineage }),
  answer: z.strictObject({
    model: z.string(),
    lineage: Lineage,
    /** The first reign first. */
    reigns: z.array(
      z.strictObject({
        epoch: z.int(),
        /** In the registry; null for a version of a backfill. */
        version: z.int().nullable(),
        kind: z.enum(['promotion', 'rollback', 'override']),
        /** The cycle that fitted the version, and the asOf of that. */
        cycle: z.string(),
        asOf: Instant,
        from: z.string(),
        /** Null: until now. */
        to: z.string().nullable(),
        /** The version that reigned before; null for the first. */
        beat: z.int().nullable(),
        reason: z.string(),
        by: z.string(),
        /** rollback: the reign that it restored. */
        restoresEpoch: z.int().nullable(),
        /** override: what the gate had said, and on which evidence. */
        overrode: z.strictObject({ cycle: z.string(), verdict: z.enum(verdicts), evidence: Hash }).nullable(),
        /** What it won by, where it was judged. */
        primary: PrimaryResult.nullable(),
        /** The same difference in the period after the one that it was promoted on; null where nobody has looked yet. */
        followUp: FollowUp.pick({ promised: true, found: true, complete: true }).nullable(),
        /** How it fared against the version that it beat, until the next promotion; null where nobody has looked yet. */
        probation: z
          .strictObject({
            /** watched: later cycles look again. over: all looks were made, or another version was promoted. */
            state: z.enum(['watched', 'over']),
            of: z.int(),
            looks: z
              .array(
                z.strictObject({
                  number: z.int(),
                  /** The cycle whose holdout showed it. */
                  foundBy: z.string(),
                  /** worse: it is shown to be. Null where nothing was measured. */
                  verdict: z.enum(['worse', 'holds']).nullable(),
                  found: Interval.nullable(),
                  unmeasured: z.string().nullable(),
                }),
              )
              .readonly(),
          })
          .nullable(),
      }),
    ),
    /** What is to be said about them, as messages with their values. */
    report: HistoryReport,
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { model, lineage }) => {
    await knownModel(ledger, model);
    const reigns = await history(ledger.db, model, lineage);
    return { model, lineage, reigns, report: historyReport(reigns) };
  },
});
