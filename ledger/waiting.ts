import type { Kysely, Selectable, Transaction } from 'kysely';
import type { WaitsFor } from '../schemas/cycle.ts';
import { stepName } from '../schemas/stepNames.ts';
import type { Fault } from '../schemas/steps.ts';
import type { Database } from './database.ts';
import { event } from './events.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';

/** Records that a cycle waits until a fault is fixed, and why. A cycle that has ended, or never began, does not wait. */
export async function noteFault(db: Kysely<Database>, cycle: Attempt, fault: Fault): Promise<void> {
  const { step, code, message, triesAgainAt } = fault;
  await db.transaction().execute(async (transaction) => {
    const row = await unended(transaction, cycle);
    if (row === undefined) return;
    const summary = `Waits at ${stepName(step)} until this is fixed: ${code}: ${message} The next try is at ${triesAgainAt}.`;
    // Pictures are drawn beside the question to a person: what hinders them hinders no decision. And whoever waits for its
    // turn has not begun yet.
    if (row.waits_for !== 'person' && row.waits_for !== 'turn')
      await transaction
        .updateTable('cycles')
        .set({ status: 'waiting', waits_for: 'fault', summary })
        .where('id', '=', cycle.id)
        .execute();
    const detail = { step, code, message };
    const key = `${cycle.attempt} ${step} ${code}`;
    await event(transaction, { model: row.model, cycle: cycle.id, kind: 'waits-for-fault', detail, key });
  });
}

/** Records that the fault a cycle waited for is fixed. */
export async function noteMended(db: Kysely<Database>, cycle: Attempt): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const row = await unended(transaction, cycle);
    if (row?.waits_for !== 'fault') return;
    await transaction
      .updateTable('cycles')
      .set({ status: 'running', waits_for: null, summary: null })
      .where('id', '=', cycle.id)
      .execute();
  });
}

/** Records that a cycle waits for rows that are not there yet, and until when; one that has ended does not wait. */
export async function waitForData(db: Kysely<Database>, cycle: Attempt, summary: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const row = await unended(transaction, cycle);
    if (row === undefined) return;
    await transaction
      .updateTable('cycles')
      .set({ status: 'waiting', waits_for: 'data', summary })
      .where('id', '=', cycle.id)
      .execute();
  });
}

/** Records that the rows are there. */
export async function noteData(db: Kysely<Database>, cycle: Attempt): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const row = await unended(transaction, cycle);
    if (row?.waits_for !== 'data') return;
    await transaction
      .updateTable('cycles')
      .set({ status: 'running', waits_for: null, summary: null })
      .where('id', '=', cycle.id)
      .execute();
  });
}

/** A question to a person, as those who list it show it. */
export interface Question {
  /** The judgement's number within the cycle. */
  readonly number: number;
  /** How often it has been asked. */
  readonly round: number;
  /** Who may decide; nobody named: everybody. */
  readonly approvers: readonly string[];
  /** ISO 8601. */
  readonly until: string;
}

const questionKind = 'waits-for-person';

/**
 * Records that a cycle waits for a person to decide about its judgement, and until when.
 *
 * @param because why somebody is asked, where the verdict does not say that
 */
export async function askPerson(
  db: Kysely<Database>,
  cycle: Attempt,
  question: Question,
  because?: string,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const row = await unended(transaction, cycle);
    if (row === undefined) return;
    const { number, round, until, approvers } = question;
    const key = `${cycle.attempt} ${number} ${round}`;
    // Asked once: a try of the activity that comes late asks nothing again that is over.
    if (!(await event(transaction, { model: row.model, cycle: cycle.id, kind: questionKind, detail: question, key })))
      return;
    const whom = approvers.length === 0 ? 'a person' : approvers.join(' or ');
    const why = because === undefined ? '' : `, because ${because}`;
    await transaction
      .updateTable('cycles')
      .set({ status: 'waiting', waits_for: 'person', summary: `Waits until ${until} for ${whom} to decide${why}.` })
      .where('id', '=', cycle.id)
      .execute();
  });
}

/** Records that a cycle waits for nobody any more. What was decided until now counts; from now on it is too late. */
export async function stopAsking(db: Transaction<Database>, cycle: Attempt): Promise<void> {
  const row = await unended(db, cycle);
  if (row?.waits_for !== 'person') return;
  await db
    .updateTable('cycles')
    .set({ status: 'running', waits_for: null, summary: null })
    .where('id', '=', cycle.id)
    .execute();
}

/** The ids of a lineage's cycles that wait for one thing, the earliest asOf first. */
export async function cyclesThatWait(
  db: Kysely<Database>,
  { model, lineage }: { readonly model: string; readonly lineage: string },
  waitsFor: WaitsFor,
): Promise<string[]> {
  const rows = await db
    .selectFrom('cycles')
    .select('id')
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .where('status', '=', 'waiting')
    .where('waits_for', '=', waitsFor)
    .orderBy('as_of')
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** The last question that a cycle asked, with when. */
export async function lastQuestion(
  db: Kysely<Database>,
  cycle: string,
): Promise<(Question & { readonly askedAt: string }) | undefined> {
  const row = await db
    .selectFrom('events')
    .select(['detail', 'at'])
    .where('cycle', '=', cycle)
    .where('kind', '=', questionKind)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { ...(row.detail as Question), askedAt: row.at };
}

async function unended(db: Transaction<Database>, cycle: Attempt): Promise<Selectable<Database['cycles']> | undefined> {
  const row = await lockCycle(db, cycle);
  return row.status === 'running' || row.status === 'waiting' ? row : undefined;
}
