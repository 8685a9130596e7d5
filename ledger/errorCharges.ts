import type { Kysely, Selectable } from 'kysely';
import type { Charge } from '../schemas/charge.ts';
import type { Trigger } from '../schemas/cycle.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';
import { championId, versionId } from './versionId.ts';

/** What a test was charged. */
export interface ErrorCharge {
  readonly asOf: string;
  readonly account: Exclude<Charge['account'], 'none'>;
  readonly alpha: number;
  readonly cycle: string;
  /** The judgement of the cycle that it was asked for. */
  readonly number: number;
  readonly trigger: Trigger;
  readonly definitionVersion: number;
  /** In the registry; null for a version of a backfill, which has no number. */
  readonly challenger: number | null;
  readonly champion: number | null;
  /** The ids of the two. */
  readonly challengerId: string;
  readonly championId: string | null;
  readonly holdout: string;
  readonly chargedAt: string;
}

/** A test that is about to be made: a challenger against a champion on a holdout. */
export interface ErrorTest {
  readonly cycle: Attempt;
  readonly number: number;
  readonly challenger: number | null;
  readonly champion: number | null;
  /** The cycle that fitted the champion. */
  readonly championCycle?: string | null | undefined;
  readonly holdout: string;
}

/** The part of a test that says which account it draws from, as the ledger knows its cycle. */
export type TestedCycle = Pick<ErrorCharge, 'asOf' | 'trigger' | 'number'> & { readonly lineage: string };

/**
 * Charges a test before the labels of its holdout are read. A test that was charged before charges nothing: the answer is
 * the first one. One charge at a time for a model, so that two at once cannot overdraw; refused from an attempt that was
 * replaced.
 *
 * @param decide what the test costs, from all charges of the lineage in the order in which they were made
 */
export async function chargeError(
  db: Kysely<Database>,
  { cycle: { id: cycle, attempt }, number, challenger, champion, championCycle, holdout }: ErrorTest,
  decide: (test: TestedCycle, past: readonly ErrorCharge[]) => Charge,
): Promise<Charge> {
  return await db.transaction().execute(async (transaction) => {
    const row = await lockCycle(transaction, { id: cycle, attempt });
    const { model, lineage, trigger } = row;
    const asOf = instant(row.as_of);
    // Not the lock that projections hold while they talk to MLflow: this one ends with the transaction.
    await transaction
      .selectFrom('models')
      .select('name')
      .where('name', '=', model)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const past = await chargesOf(transaction, model, lineage);
    const tested = await versionId(transaction, model, { version: challenger, cycle });
    const reigning = await championId(transaction, model, { version: champion, cycle: championCycle ?? null });
    const known = past.find(
      (charge) =>
        charge.asOf === asOf &&
        charge.challengerId === tested &&
        charge.challenger === challenger &&
        charge.championId === reigning &&
        charge.holdout === holdout,
    );
    if (known !== undefined) return { alpha: known.alpha, account: known.account };
    const { alpha, account } = decide({ asOf, lineage, trigger, number }, past);
    if (account === 'none') return { alpha, account };
    await transaction
      .insertInto('error_charges')
      .values({
        ...{ model, lineage, holdout, cycle, attempt, trigger, account, alpha },
        as_of: asOf,
        challenger: tested,
        champion: reigning,
        challenger_version: challenger,
        champion_version: champion,
        judgement_number: number,
        definition_version: row.definition_version,
      })
      .execute();
    return { alpha, account };
  });
}

/** Every charge of a lineage, in the order in which they were made. */
export async function chargesOf(db: Kysely<Database>, model: string, lineage: string): Promise<ErrorCharge[]> {
  const rows = await db
    .selectFrom('error_charges')
    .selectAll()
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .orderBy('id')
    .execute();
  return rows.map(chargeOf);
}

function chargeOf(row: Selectable<Database['error_charges']>): ErrorCharge {
  return {
    asOf: instant(row.as_of),
    account: row.account,
    alpha: row.alpha,
    cycle: row.cycle,
    number: row.judgement_number,
    trigger: row.trigger,
    definitionVersion: row.definition_version,
    challenger: row.challenger_version,
    challengerId: row.challenger,
    championId: row.champion,
    champion: row.champion_version,
    holdout: row.holdout,
    chargedAt: row.charged_at,
  };
}
