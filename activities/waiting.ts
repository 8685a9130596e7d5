import { attemptOfToken } from '../ledger/claimCycle.ts';
import { noteFault, noteMended } from '../ledger/waiting.ts';
import type { Fault } from '../schemas/steps.ts';
import type { World } from './world.ts';

export const waitingActivities = ({ ledger: { db } }: Pick<World, 'ledger'>) => ({
  /** Writes into the ledger that a cycle waits, and for what. An attempt that has claimed nothing yet leaves nothing. */
  async noteFault(cycle: string, token: string, fault: Fault): Promise<void> {
    const attempt = await attemptOfToken(db, cycle, token);
    if (attempt !== undefined) await noteFault(db, { id: cycle, attempt }, fault);
  },

  /** Writes into the ledger that it goes on. */
  async noteMended(cycle: string, token: string): Promise<void> {
    const attempt = await attemptOfToken(db, cycle, token);
    if (attempt !== undefined) await noteMended(db, { id: cycle, attempt });
  },
});
