import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import { type Cycle, isSettled, type Trigger } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Window } from '../schemas/primitives.ts';
import { cycleOf } from './cycles.ts';
import type { Database } from './database.ts';
import { settleCrowned } from './recordOutcome.ts';
import { storeRequest } from './requests.ts';

export interface Claim {
  /** `claimed`: go on with it. `settled`: it has its result, nothing is left to do but to project. */
  readonly outcome: 'claimed' | 'settled';
  readonly cycle: Cycle;
  /** Judgements of earlier attempts: this attempt numbers its own from here + 1, so that its retries give the same number. */
  readonly judgements: number;
}

export interface ClaimRequest {
  /** `cycleId` of the next four. */
  readonly id: string;
  readonly model: string;
  readonly lineage: string;
  readonly asOf: string;
  readonly definitionVersion: number;
  readonly trigger: Trigger;
  /** Who asked; undefined where an earlier release did not say. */
  readonly actor?: Actor | undefined;
  readonly windows: { readonly train: Window; readonly holdout: Window };
  /** The version that it judges, where it is a challenge: it fits none. */
  readonly challenger?: { readonly id: string; readonly version: number } | undefined;
  /** Why it is asked for, in the words of whoever asked. */
  readonly reason?: string | undefined;
  /** Names the attempt: the id of the workflow's run that began it. The same token is the same attempt, however often it asks. */
  readonly attemptToken: string;
  /** Whether an attempt begins by waiting for its turn. Default: it runs at once. */
  readonly inTurn?: boolean;
}

/**
 * Opens a cycle, or finds the one that is there. The same token gets the same attempt. Another token opens a new attempt
 * of a cycle that failed, was cancelled, was skipped by the schedule and is asked for by hand, or whose run was ended from
 * outside; a token that was replaced so is refused. An attempt names the request that it follows from.
 */
export async function claimCycle(db: Kysely<Database>, request: ClaimRequest): Promise<Claim> {
  return await db.transaction().execute(async (transaction) => {
    const { id } = request;
    await insertNew(transaction, request);
    const row = await transaction
      .selectFrom('cycles')
      .selectAll()
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (row === undefined) {
      throw errorOf('LedgerConflict', 'otherId', { cycle: id });
    }
    const known = await attemptOfToken(transaction, row.id, request.attemptToken);
    if (isSettled(row, known === undefined ? request.trigger : row.trigger))
      return await claim(transaction, 'settled', row);
    const crowned = await settleCrowned(transaction, row.id);
    if (crowned !== undefined) return await claim(transaction, 'settled', crowned);
    if (known === undefined) return await claim(transaction, 'claimed', await reopen(transaction, row, request));
    if (known < row.attempt) {
      throw errorOf('LedgerConflict', 'attemptReplaced', { cycle: row.id, attempt: known, newer: row.attempt });
    }
    return await claim(transaction, 'claimed', row);
  });
}

/** The attempt of a cycle that a token opened; undefined where it opened none. */
export async function attemptOfToken(db: Kysely<Database>, cycle: string, token: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('attempts')
    .select('number')
    .where('cycle', '=', cycle)
    .where('token', '=', token)
    .executeTakeFirst();
  return row?.number;
}

async function insertNew(db: Transaction<Database>, request: ClaimRequest): Promise<void> {
  const { id, model, lineage, asOf, definitionVersion, trigger, windows, challenger } = request;
  const inserted = await db
    .insertInto('cycles')
    .values({
      id,
      model,
      lineage,
      as_of: asOf,
      definition_version: definitionVersion,
      trigger,
      status: 'running',
      train_from: windows.train.from,
      train_to: windows.train.to,
      holdout_from: windows.holdout.from,
      holdout_to: windows.holdout.to,
      ...(challenger !== undefined && {
        ...({ kind: 'challenge', challenger: challenger.id, challenger_version: challenger.version } as const),
      }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) return;
  await openAttempt(db, request, 1);
  if (request.inTurn === true) await waitForTurn(db, id);
}

async function openAttempt(db: Transaction<Database>, request: ClaimRequest, number: number): Promise<void> {
  const { id, model, actor, attemptToken: token, challenger, reason } = request;
  const operation = challenger === undefined ? 'retrain' : 'challenge';
  const asked =
    actor &&
    (await storeRequest(db, { operation, actor, model, subject: { kind: 'cycle', id }, reason: reason ?? null }));
  await db
    .insertInto('attempts')
    .values({ cycle: id, number, token, request: asked?.id ?? null })
    .execute();
}

async function reopen(
  db: Transaction<Database>,
  { id, attempt, kind }: Selectable<Database['cycles']>,
  request: ClaimRequest,
): Promise<Selectable<Database['cycles']>> {
  await openAttempt(db, request, attempt + 1);
  const reopened = await db
    .updateTable('cycles')
    .set({
      attempt: attempt + 1,
      status: 'running',
      started_at: sql`clock_timestamp()`,
      ended_at: null,
      waits_for: null,
      verdict: null,
      summary: null,
      champion: null,
      champion_version: null,
      ...(kind !== 'challenge' && { challenger: null }),
      ...(kind !== 'challenge' && { challenger_version: null }),
      primary_result: null,
      train_rows: null,
      holdout_rows: null,
      judged_rows: null,
      train_snapshot: null,
      holdout_snapshot: null,
      evidence: null,
      failure: null,
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return request.inTurn === true ? await waitForTurn(db, id) : reopened;
}

/** In the transaction that opens the attempt: one that is seen running has had its turn. */
const waitForTurn = (db: Transaction<Database>, id: string): Promise<Selectable<Database['cycles']>> =>
  db
    .updateTable('cycles')
    .set({ status: 'waiting', waits_for: 'turn' })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();

async function claim(
  db: Transaction<Database>,
  outcome: Claim['outcome'],
  row: Selectable<Database['cycles']>,
): Promise<Claim> {
  const { count } = await db
    .selectFrom('judgements')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('cycle', '=', row.id)
    .where('attempt', '<', row.attempt)
    .executeTakeFirstOrThrow();
  return { outcome, cycle: cycleOf(row), judgements: count };
}
