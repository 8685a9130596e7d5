import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Database, DecisionKind } from './database.ts';
import { type NewRequest, storeRequest } from './requests.ts';

/** What a person decides about a judgement. */
export interface NewDecision {
  readonly kind: DecisionKind;
  readonly cycle: string;
  readonly judgementNumber: number;
  /** What the person had in front of them: refused where the judgement rests on other evidence. */
  readonly evidence: string;
  /** The epoch that reigned in front of them: refused where another one reigns by now. */
  readonly epoch: number;
  readonly reason: string;
  /** Who, and by which request. */
  readonly asked: Pick<NewRequest, 'actor' | 'repeated'>;
}

export interface Decision {
  readonly id: number;
  readonly kind: DecisionKind;
  readonly cycle: string | null;
  readonly judgementNumber: number | null;
  readonly evidence: string | null;
  readonly epoch: number;
  /** The id of the version that it is about. */
  readonly candidate: string;
  readonly actor: string;
  readonly request: number;
  readonly reason: string;
  readonly decidedAt: string;
}

/**
 * Records a decision, together with the request for it. The same request again gives the first answer.
 *
 * The database refuses it where the cycle does not wait for a person, the judgement is not its last or rests on other
 * evidence, somebody has decided before, the champion has changed since, or the verdict does not allow it: approve and
 * reject go with `promote` and `review`, override with `keep` and `insufficient`, nothing with `invalid`.
 *
 * @throws ReignError LedgerConflict
 */
export async function storeDecision(db: Kysely<Database>, decision: NewDecision): Promise<Decision> {
  const recorded = await db.transaction().execute((transaction) => recordDecision(transaction, decision));
  return recorded.decision;
}

/** Whether it was recorded now, or before by the same request. */
export interface RecordedDecision {
  readonly decision: Decision;
  readonly created: boolean;
}

/**
 * The same in the transaction that then does what was decided.
 *
 * @param decision `check` runs where it was not recorded before, and may refuse it in words of its own
 */
export async function recordDecision(
  transaction: Transaction<Database>,
  decision: NewDecision & { readonly check?: () => Promise<void> },
): Promise<RecordedDecision> {
  const { kind, cycle, judgementNumber, evidence, epoch, reason, asked, check } = decision;
  const { model, lineage } = await transaction
    .selectFrom('cycles')
    .select(['model', 'lineage'])
    .where('id', '=', cycle)
    .executeTakeFirstOrThrow();
  const request = await storeRequest(transaction, {
    ...{ operation: kind, model, reason, ...asked },
    subject: { kind: 'cycle', id: cycle },
  });
  if (!request.created) {
    const known = transaction.selectFrom('decisions').selectAll().where('request', '=', request.id);
    return { decision: decisionOf(await known.executeTakeFirstOrThrow()), created: false };
  }
  await check?.();
  const judgement = await transaction
    .selectFrom('judgements')
    .select(['challenger', 'epoch', 'verdict_kind'])
    .where('cycle', '=', cycle)
    .where('number', '=', judgementNumber)
    .executeTakeFirstOrThrow();
  const row = await transaction
    .insertInto('decisions')
    .values({
      ...{ kind, model, lineage, epoch, cycle, evidence, reason },
      candidate: judgement.challenger,
      judgement_number: judgementNumber,
      judged_epoch: judgement.epoch,
      verdict_kind: judgement.verdict_kind,
      actor: request.actor,
      request: request.id,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { decision: decisionOf(row), created: true };
}

export async function decisionById(db: Kysely<Database>, id: number): Promise<Decision | undefined> {
  const row = await db.selectFrom('decisions').selectAll().where('id', '=', id).executeTakeFirst();
  return row && decisionOf(row);
}

/** What persons decided about a cycle's judgements, in order. */
export async function decisionsOf(db: Kysely<Database>, cycle: string): Promise<Decision[]> {
  const rows = await db.selectFrom('decisions').selectAll().where('cycle', '=', cycle).orderBy('id').execute();
  return rows.map(decisionOf);
}

const decisionOf = (row: Selectable<Database['decisions']>): Decision => ({
  id: row.id,
  kind: row.kind,
  cycle: row.cycle,
  judgementNumber: row.judgement_number,
  evidence: row.evidence,
  epoch: row.epoch,
  candidate: row.candidate,
  actor: row.actor,
  request: row.request,
  reason: row.reason,
  decidedAt: row.decided_at,
});
