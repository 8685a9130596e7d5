import { z } from 'zod';
import { heldPromotions } from '../ledger/heldPromotions.ts';
import { history } from '../ledger/history.ts';
import { failProjection, pendingProjections } from '../ledger/pendingProjections.ts';
import { followChampion } from '../projection/followChampion.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import { Lineage, liveLineage } from '../schemas/lineage.ts';
import { Hash } from '../schemas/primitives.ts';
import { verdicts } from '../schemas/verdict.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { wakeAskers } from './wakeAskers.ts';

/** What a person said of the champion, and what follows from it. */
export const ChangedChampion = z.strictObject({
  model: z.string(),
  lineage: Lineage,
  kind: z.enum(['rollback', 'override']),
  epoch: z.int(),
  /** Who reigns from here on, in the registry; null for a version of a backfill. */
  version: z.int().nullable(),
  /** Who reigned before; null where nobody did. */
  replaced: z.int().nullable(),
  /** rollback: the reign that it restores. */
  restoresEpoch: z.int().nullable(),
  /** override: what the gate had said, and on which evidence. */
  overrode: z.strictObject({ cycle: z.string(), verdict: z.enum(verdicts), evidence: Hash }).nullable(),
  by: z.string(),
  reason: z.string(),
  at: z.string(),
  /** Whether promotions by the newest definition need a person since a rollback. */
  held: z.boolean(),
  alias: z.strictObject({
    /** Whether MLflow's alias names the ledger's champion. True for a lineage that has no alias. */
    follows: z.boolean(),
    /** Why it does not yet. Workers try again until it does. */
    pending: z.string().nullable(),
  }),
});
export type ChangedChampion = Readonly<z.infer<typeof ChangedChampion>>;

/** Between them, and for a rollback and its alias together, a person waits two seconds at most where MLflow answers. */
const patienceSeconds = 2;

/** Lets MLflow's alias follow a champion that a person has made, and says what came of both. */
export async function followed(
  context: Pick<OperationContext, 'ledger' | 'tracker' | 'temporal'>,
  { model, lineage, epoch }: { readonly model: string; readonly lineage: string; readonly epoch: number },
): Promise<ChangedChampion> {
  const { db } = context.ledger;
  const [alias] = await Promise.all([
    followAlias(context, { model, lineage }),
    wakeAskers(context, { model, lineage }),
  ]);
  const reign = (await history(db, model, lineage)).find((one) => one.epoch === epoch);
  if (reign === undefined || reign.kind === 'promotion')
    throw errorOf('LedgerConflict', 'refused', { reason: `${model} has no epoch ${epoch} that a person began` });
  const { version: definitionVersion } = await knownModel(context.ledger, model);
  return {
    ...{ model, lineage, epoch, kind: reign.kind, version: reign.version, replaced: reign.beat },
    ...{ restoresEpoch: reign.restoresEpoch, overrode: reign.overrode, by: reign.by, reason: reign.reason },
    at: reign.from,
    held: (await heldPromotions(db, { model, lineage, definitionVersion })) !== undefined,
    alias,
  };
}

async function followAlias(
  { ledger, tracker }: Pick<OperationContext, 'ledger' | 'tracker'>,
  { model, lineage }: { readonly model: string; readonly lineage: string },
): Promise<ChangedChampion['alias']> {
  const pending = async () =>
    (await pendingProjections(ledger.db)).find((one) => one.model === model && one.part === 'champion');
  const expected = await pending();
  if (lineage !== liveLineage || expected === undefined) return { follows: true, pending: null };
  if (tracker === null) return { follows: false, pending: 'MLFLOW_TRACKING_URI is not set here.' };
  const { cycle: id } = expected;
  try {
    const quick = { ...tracker, timeout: patienceSeconds * 1000 };
    await followChampion({ ledger, tracker: quick }, { id, model, lineage }, patienceSeconds);
  } catch (error) {
    if (!(error instanceof ReignError)) throw error;
    await failProjection(ledger.db, { cycle: id, model, part: 'champion' }, error.message);
  }
  const left = await pending();
  return { follows: left === undefined, pending: left?.reason ?? null };
}
