import { type Kysely, sql, type Transaction } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import { storeActor } from './actors.ts';
import type { Database } from './database.ts';
import { event } from './events.ts';
import { expectAlias } from './expectAlias.ts';
import { gateActor } from './gateActor.ts';
import { type NewRequest, storeRequest } from './requests.ts';

/** A line of champions. */
interface Line {
  readonly model: string;
  readonly lineage: string;
}

/** That an earlier champion should reign again. */
export interface RollbackProposal extends Line {
  /** What people call it: `flight-delay.live.rollback-3`. */
  readonly id: string;
  readonly number: number;
  /** The reign that is to end, and the version that reigns. */
  readonly epoch: number;
  readonly champion: number | null;
  /** The version that is to reign again, and its reign. */
  readonly version: number | null;
  readonly restoresEpoch: number;
  readonly evidence: string | null;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** What came of a look that showed the champion to be worse. */
export type Consequence = { readonly kind: 'proposed' | 'rolledBack'; readonly epoch: number } | null;

/**
 * Proposes to roll the champion back where a look of its probation has shown that it is worse than the one it beat, and
 * carries that out where the policy says so. Nothing where it has been proposed before, or nobody reigns whom a look was about.
 *
 * @param say the reason, from what the look found
 */
export async function followFromLooks(
  db: Kysely<Database>,
  line: Line,
  onWorse: 'propose' | 'rollback',
  say: (look: WorseLook) => string,
): Promise<Consequence> {
  return await db.transaction().execute(async (transaction) => {
    const { model, lineage } = line;
    await transaction.selectFrom('models').select('name').where('name', '=', model).forNoKeyUpdate().execute();
    const look = await unansweredLook(transaction, line);
    if (look === undefined) return null;
    const actor = await storeActor(transaction, gateActor);
    const { epoch, evidence, beaten, beatenVersion, version } = look;
    const reason = say(look);
    const { id: proposal } = await transaction
      .insertInto('rollback_proposals')
      .values({ model, lineage, epoch, champion: beaten, restores_epoch: epoch - 1, evidence, reason, actor })
      .returning('id')
      .executeTakeFirstOrThrow();
    if (onWorse === 'rollback') {
      const rolledBack = await insertRollback(transaction, {
        ...{ model, lineage, epoch: epoch + 1, champion: beaten, version: beatenVersion, restores_epoch: epoch - 1 },
        ...{ reason, actor, proposal },
      });
      // Another version was promoted at this moment: that ends the probation.
      return rolledBack ? { kind: 'rolledBack', epoch: epoch + 1 } : null;
    }
    await event(transaction, {
      ...{ model, cycle: null, kind: 'rollback-proposed' },
      detail: { epoch, version: beatenVersion, champion: version, by: gateActor.name, proposal },
      key: String(proposal),
    });
    return { kind: 'proposed', epoch };
  });
}

/** A look that showed the champion to be worse, with who would reign instead. */
export interface WorseLook {
  readonly epoch: number;
  readonly look: number;
  readonly looks: number;
  readonly evidence: string;
  readonly version: number | null;
  readonly beaten: string;
  readonly beatenVersion: number | null;
  readonly found: { readonly estimate: number; readonly low: number | null; readonly high: number | null };
}

/** The newest look at the present reign that said worse, where nothing is proposed that waits, or rests on this look or a later one. */
async function unansweredLook(db: Transaction<Database>, { model, lineage }: Line): Promise<WorseLook | undefined> {
  const { rows } = await sql<WorseLook>`
    select p.epoch, f.look, f.looks, f.evidence, p.version, b.champion as beaten, b.version as "beatenVersion", f.found
    from (select * from reign.promotions where model = ${model} and lineage = ${lineage} order by epoch desc limit 1) p
    join reign.promotions b on (b.model, b.lineage, b.epoch) = (p.model, p.lineage, p.epoch - 1)
    join reign.follow_ups f on (f.model, f.lineage, f.epoch) = (p.model, p.lineage, p.epoch)
    where f.verdict = 'worse' and not exists (
      select from reign.rollback_proposals r left join reign.decisions d on d.proposal = r.id
      left join reign.follow_ups g on (g.model, g.lineage, g.epoch, g.evidence) = (r.model, r.lineage, r.epoch, r.evidence)
      where (r.model, r.lineage, r.epoch) = (p.model, p.lineage, p.epoch) and (d.id is null or g.look >= f.look))
    order by f.look desc limit 1`.execute(db);
  return rows[0];
}

type NewRollback = Line & {
  readonly epoch: number;
  readonly champion: string;
  readonly version: number | null;
  readonly restores_epoch: number;
  readonly reason: string;
  readonly actor: string;
  readonly proposal?: number;
  readonly decision?: number;
  readonly request?: number;
};

/** False where somebody else has begun this epoch. */
async function insertRollback(db: Transaction<Database>, rollback: NewRollback): Promise<boolean> {
  const inserted = await db
    .insertInto('promotions')
    .values({ ...rollback, kind: 'rollback' })
    .onConflict((conflict) => conflict.doNothing())
    .returning('epoch')
    .executeTakeFirst();
  if (inserted !== undefined) await expectAlias(db, rollback);
  return inserted !== undefined;
}

/** The proposals that a person can still answer: of the present reign, and not decided. */
export async function openProposals(db: Kysely<Database>, model?: string): Promise<RollbackProposal[]> {
  const of = model === undefined ? sql`true` : sql`r.model = ${model}`;
  return await selectProposals(
    db,
    sql`${of} and d.id is null and p.epoch = (
      select max(epoch) from reign.promotions where (model, lineage) = (r.model, r.lineage))`,
  );
}

const named = /^([a-z][a-z0-9-]*)\.(.+)\.rollback-(\d{1,15})$/;

/** The proposal that people call so; undefined where it is the name of something else. */
export async function proposalNamed(db: Kysely<Database>, name: string): Promise<RollbackProposal | undefined> {
  const [, model, lineage, number] = named.exec(name) ?? [];
  if (number === undefined) return undefined;
  const [proposal] = await selectProposals(
    db,
    sql`r.model = ${model} and r.lineage = ${lineage} and r.id = ${number}::bigint`,
  );
  return proposal;
}

async function selectProposals(db: Kysely<Database>, chosen: ReturnType<typeof sql>): Promise<RollbackProposal[]> {
  const { rows } = await sql<Omit<RollbackProposal, 'id' | 'at'> & { at: string }>`
    select r.model, r.lineage, r.id as number, r.epoch, p.version as champion, b.version, r.restores_epoch as "restoresEpoch",
      r.evidence, r.reason, a.name as by, r.proposed_at as at
    from reign.rollback_proposals r
    join reign.actors a on a.id = r.actor
    join reign.promotions p on (p.model, p.lineage, p.epoch) = (r.model, r.lineage, r.epoch)
    join reign.promotions b on (b.model, b.lineage, b.epoch) = (r.model, r.lineage, r.restores_epoch)
    left join reign.decisions d on d.proposal = r.id
    where ${chosen} order by r.id`.execute(db);
  return rows.map((row) => ({ ...row, id: `${row.model}.${row.lineage}.rollback-${row.number}` }));
}

/** A proposal that was answered. */
export interface AnsweredProposal {
  readonly decision: number;
  readonly decidedAt: string;
  /** The epoch that began; null where the champion stays. */
  readonly epoch: number | null;
}

/**
 * A person answers a proposal: approved, the earlier champion reigns again, in one transaction. The same request again
 * gives the first answer.
 *
 * @throws ReignError LedgerConflict where it was answered before, or another version reigns by now
 */
export async function answerProposal(
  db: Kysely<Database>,
  { id: name, number, model, lineage, epoch, restoresEpoch }: RollbackProposal,
  { kind, reason, asked }: { readonly kind: 'approve' | 'reject'; readonly reason: string; readonly asked: Asked },
): Promise<AnsweredProposal> {
  return await db.transaction().execute(async (transaction) => {
    await transaction.selectFrom('models').select('name').where('name', '=', model).forNoKeyUpdate().execute();
    const request = await storeRequest(transaction, {
      ...{ operation: kind, model, reason, ...asked },
      subject: { kind: 'rollback-proposal', id: String(number) },
    });
    const { champion, version } = await transaction
      .selectFrom('promotions')
      .select(['champion', 'version'])
      .where('model', '=', model)
      .where('lineage', '=', lineage)
      .where('epoch', '=', restoresEpoch)
      .executeTakeFirstOrThrow();
    const decided = await transaction
      .insertInto('decisions')
      .values({
        ...{
          kind,
          model,
          lineage,
          epoch,
          candidate: champion,
          proposal: number,
          restores_epoch: restoresEpoch,
          reason,
        },
        ...{ actor: request.actor, request: request.id },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning(['id', 'decided_at'])
      .executeTakeFirst();
    if (decided === undefined) throw errorOf('LedgerConflict', 'answered', { proposal: name });
    const answer = { decision: decided.id, decidedAt: decided.decided_at };
    if (kind === 'reject') return { ...answer, epoch: null };
    const rolledBack = await insertRollback(transaction, {
      ...{ model, lineage, epoch: epoch + 1, champion, version, restores_epoch: restoresEpoch, reason },
      ...{ actor: request.actor, request: request.id, decision: decided.id },
    });
    if (!rolledBack) throw errorOf('RollbackRefused', 'moved', { model, asked: epoch, epoch: epoch + 1 });
    return { ...answer, epoch: epoch + 1 };
  });
}

type Asked = Pick<NewRequest, 'actor' | 'repeated'>;
