import type { Kysely, Selectable, Transaction } from 'kysely';
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

async function unended(db: Transaction<Database>, cycle: Attempt): Promise<Selectable<Database['cycles']> | undefined> {
  const row = await lockCycle(db, cycle);
  return row.status === 'running' || row.status === 'waiting' ? row : undefined;
}
