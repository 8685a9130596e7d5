import type { Cycle } from '../schemas/cycle.ts';
import { type TriedAgain, triedAgain } from './followWorkflow.ts';
import { runningWorkflow } from './runningWorkflow.ts';
import type { Session } from './session.ts';

const patienceMilliseconds = 3000;

/** What a running cycle tries again and why, from Temporal; nothing where Temporal does not answer soon. */
export async function retriesOf(session: Session, cycle: Cycle): Promise<TriedAgain[]> {
  if (cycle.endedAt !== null || cycle.waitsFor !== null) return [];
  try {
    const client = await session.client();
    return await client.connection.withDeadline(Date.now() + patienceMilliseconds, async () => {
      const workflow = await runningWorkflow(client, cycle.id);
      return workflow === undefined ? [] : triedAgain((await workflow.describe()).raw);
    });
  } catch {
    return [];
  }
}

/** `fit: attempt 3, since: SourceUnavailable: …`. */
export const retryLine = ({ step, attempt, reason }: TriedAgain): string =>
  `${step}: attempt ${attempt}, since: ${reason}`;
