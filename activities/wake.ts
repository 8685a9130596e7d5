import { Context } from '@temporalio/activity';
import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { nextInTurn } from '../ledger/turns.ts';
import { cyclesThatWait } from '../ledger/waiting.ts';
import { backfillWorkflowId } from '../schemas/backfill.ts';
import { liveLineage } from '../schemas/lineage.ts';

interface Line {
  readonly model: string;
  readonly lineage: string;
}

const patienceMilliseconds = 5000;

/** Tells the cycle that is next in its lineage to look whether its turn has come. */
export async function wakeNextInTurn(db: Kysely<Database>, line: Line): Promise<void> {
  const next = await nextInTurn(db, line);
  if (next !== undefined) await wake(next, 'turn');
}

/** Tells the cycles of a lineage that wait for a person that the champion has changed. */
export async function wakeCyclesThatAsk(db: Kysely<Database>, line: Line): Promise<void> {
  await Promise.all((await cyclesThatWait(db, line, 'person')).map((cycle) => wake(cycle, 'decided')));
}

/** Tells the backfill that a lineage belongs to that one of its cycles is prepared, or has ended. */
export async function wakeBackfill({ model, lineage }: Line): Promise<void> {
  if (lineage !== liveLineage) await wake(backfillWorkflowId(`${model}.${lineage}`), 'turn');
}

/** Whoever waits looks by itself now and then: a signal that does not arrive costs time, and nothing else. */
async function wake(workflow: string, signal: 'turn' | 'decided'): Promise<void> {
  try {
    const { client } = Context.current();
    await client.withDeadline(Date.now() + patienceMilliseconds, () =>
      client.workflow.getHandle(workflow).signal(signal),
    );
  } catch {
    // Its workflow has ended, or Temporal does not answer.
  }
}
