import { setTimeout as sleep } from 'node:timers/promises';
import { cyclesThatWait } from '../ledger/waiting.ts';
import type { OperationContext } from './context.ts';
import { wake } from './wake.ts';

/** A person who has changed something waits no longer for Temporal. */
const patienceMilliseconds = 2000;

/** Tells the cycles of a lineage that wait for a person to look at once whether they still have to; otherwise they look within the hour. */
export async function wakeAskers(
  { ledger, temporal }: Pick<OperationContext, 'ledger' | 'temporal'>,
  line: { readonly model: string; readonly lineage: string },
): Promise<void> {
  const woken = cyclesThatWait(ledger.db, line, 'person').then((asking) =>
    Promise.all(asking.map((id) => wake(temporal, id, 'decided'))),
  );
  await Promise.race([woken, sleep(patienceMilliseconds, undefined, { ref: false })]);
}
