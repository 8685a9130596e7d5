import { z } from 'zod';
import { championAt, currentChampion } from '../ledger/champions.ts';
import { errorOf } from '../schemas/errors.ts';
import { AskedLineage, Lineage } from '../schemas/lineage.ts';
import { Hash, Instant, Window } from '../schemas/primitives.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';
import { parseAsOf } from './parseAsOf.ts';

export const championOperation = operation({
  name: 'champion',
  description: 'show which version of a model reigns, or reigned at a time, since when, and who decided that',
  request: z.strictObject({
    model: z.string(),
    lineage: AskedLineage,
    /** Who reigned then, by when it was promoted. Default: now. */
    at: z.string().optional(),
  }),
  answer: z.strictObject({
    model: z.string(),
    lineage: Lineage,
    /** In MLflow's registry; null for a version of a backfill, which has no number. */
    version: z.int().nullable(),
    epoch: z.int(),
    since: z.string(),
    by: z.string(),
    reason: z.string(),
    /** The cycle that fitted it; null where it was fitted outside of Reign and registered by a person. */
    cycle: z.string().nullable(),
    /** Of that cycle, or of the challenge that was promoted last. */
    asOf: Instant,
    /** The definition that says how it is asked. */
    definitionVersion: z.int(),
    /** Null where nobody knows. */
    trainWindow: Window.nullable(),
    /** What mlflow.pyfunc.load_model takes. */
    modelUri: z.string(),
    /** Of its files; null for a version of an earlier release. */
    digest: Hash.nullable(),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { model, lineage, at }) => {
    await knownModel(ledger, model);
    const { db } = ledger;
    const found =
      at === undefined
        ? await currentChampion(db, model, lineage)
        : await championAt(db, model, lineage, parseAsOf(at));
    if (found === undefined) throw errorOf('VersionUnknown', 'nobodyReigns', { model, lineage });
    const { version, epoch, promotedAt, promotedBy, reason, asOf, definitionVersion, trainWindow } = found;
    return {
      ...{ model, lineage, version, epoch, since: promotedAt, by: promotedBy, reason, asOf, definitionVersion },
      ...{ trainWindow, modelUri: found.modelUri, digest: found.digest },
      cycle: found.registeredAt === null ? found.cycle : null,
    };
  },
});
