import type { Kysely } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import type { VerdictKind } from '../schemas/verdict.ts';
import type { AskedChange } from './askedChange.ts';
import type { Database } from './database.ts';
import { recordDecision } from './decisions.ts';
import { expectAlias } from './expectAlias.ts';
import { knownVersion } from './knownVersion.ts';

export interface OverrideRequest extends AskedChange {
  /** The version that is to reign against its verdict. */
  readonly version: number;
  /** The evidence that the person saw: refused where the version's last judgement rests on another. */
  readonly evidence?: string | undefined;
}

/**
 * A person makes a version champion although the gate said `keep` or `insufficient`: the decision about the last judgement
 * of its cycle and the promotion, in one transaction. MLflow is expected to follow from that moment on. The same request
 * again changes nothing more. Answers the epoch that it began.
 *
 * @throws ReignError OverrideRefused, VersionUnknown; LedgerConflict where a table refuses
 */
export async function overrideVerdict(db: Kysely<Database>, request: OverrideRequest): Promise<number> {
  const { model, lineage, version, reason, asked } = request;
  return await db.transaction().execute(async (transaction) => {
    const { id: champion, cycle } = await knownVersion(transaction, model, version);
    const judgement = await lastJudgement(transaction, { ...request, cycle });
    const reigning = await reigningEpoch(transaction, model, lineage);
    const { decision, created } = await recordDecision(transaction, {
      ...{ kind: 'override', cycle: judgement.cycle, judgementNumber: judgement.number, reason, asked },
      ...{ evidence: judgement.evidence, epoch: request.epoch ?? reigning },
      check: async () => {
        if (request.epoch !== undefined && request.epoch !== reigning)
          throw errorOf('OverrideRefused', 'moved', { model, asked: request.epoch, epoch: reigning });
        if (request.evidence !== undefined && request.evidence !== judgement.evidence)
          throw errorOf('OverrideRefused', 'otherEvidence', { model, version, evidence: judgement.evidence });
        await refuseReigned(transaction, { model, lineage, version, champion, reigning });
        refuseVerdict(judgement.verdict, { model, version, cycle: judgement.cycle });
      },
    });
    if (!created) return decision.epoch + 1;
    const inserted = await transaction
      .insertInto('promotions')
      .values({
        ...{ model, lineage, epoch: reigning + 1, kind: 'override', champion, version, reason },
        ...{ actor: decision.actor, request: decision.request, decision: decision.id },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('epoch')
      .executeTakeFirst();
    if (inserted === undefined)
      throw errorOf('OverrideRefused', 'moved', { model, asked: reigning, epoch: reigning + 1 });
    await expectAlias(transaction, { lineage, champion });
    return inserted.epoch;
  });
}

type Named = Pick<OverrideRequest, 'model' | 'lineage' | 'version'>;

/** What the gate said last about a version: in the attempt of its cycle that counts. */
async function lastJudgement(
  db: Kysely<Database>,
  { model, lineage, version, cycle }: Named & { readonly cycle: string | null },
): Promise<{ cycle: string; number: number; evidence: string; verdict: VerdictKind }> {
  const fitted = await db
    .selectFrom('cycles')
    .select(['id', 'lineage', 'status', 'attempt'])
    .where('id', '=', cycle)
    .executeTakeFirst();
  if (fitted === undefined || fitted.lineage !== lineage)
    throw errorOf('OverrideRefused', 'otherLineage', { model, version, lineage });
  const judgement = await db
    .selectFrom('judgements')
    .select(['cycle', 'number', 'evidence', 'verdict_kind'])
    .where('cycle', '=', fitted.id)
    .where('attempt', '=', fitted.attempt)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (judgement === undefined)
    throw errorOf('OverrideRefused', 'unjudged', { model, version, cycle: fitted.id, status: fitted.status });
  const { verdict_kind: verdict, ...about } = judgement;
  return { ...about, verdict };
}

async function reigningEpoch(db: Kysely<Database>, model: string, lineage: string): Promise<number> {
  const { epoch } = await db
    .selectFrom('promotions')
    .select(({ fn }) => fn.max('epoch').as('epoch'))
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .executeTakeFirstOrThrow();
  return epoch ?? 0;
}

/** Who has reigned comes back by a rollback, which says so. */
async function refuseReigned(
  db: Kysely<Database>,
  { model, lineage, version, champion, reigning }: Named & { readonly champion: string; readonly reigning: number },
): Promise<void> {
  const last = await db
    .selectFrom('promotions')
    .select(({ fn }) => fn.max('epoch').as('epoch'))
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .where('champion', '=', champion)
    .executeTakeFirstOrThrow();
  if (last.epoch === null) return;
  if (last.epoch === reigning) throw errorOf('OverrideRefused', 'reigns', { model, version, epoch: reigning });
  throw errorOf('OverrideRefused', 'reigned', { model, version, epoch: last.epoch });
}

function refuseVerdict(
  verdict: VerdictKind,
  { model, version, cycle }: { readonly model: string; readonly version: number; readonly cycle: string },
): void {
  if (verdict === 'keep' || verdict === 'insufficient') return;
  throw errorOf('OverrideRefused', verdict, { model, version, cycle });
}
