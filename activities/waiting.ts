import { attemptOfToken } from '../ledger/claimCycle.ts';
import { cycleById } from '../ledger/cycles.ts';
import { noteFault, noteMended } from '../ledger/waiting.ts';
import type { Fault } from '../schemas/steps.ts';
import { wakeNextInTurn } from './wake.ts';
import type { World } from './world.ts';

export const waitingActivities = ({ ledger: { db } }: Pick<World, 'ledger'>) => ({
  /** Writes into the ledger that a cycle waits, and for what, and lets the next one have its turn. An attempt that has claimed nothing yet leaves nothing. */
  async noteFault(cycle: string, token: string, fault: Fault): Promise<void> {
    const attempt = await attemptOfToken(db, cycle, token);
    if (attempt === undefined) return;
    await noteFault(db, { id: cycle, attempt }, fault);
    const waiting = await cycleById(db, cycle);
    if (waiting?.waitsFor === 'fault') await wakeNextInTurn(db, waiting);
  },

  /** Writes into the ledger that it goes on. */
  async noteMended(cycle: string, token: string): Promise<void> {
    const attempt = await attemptOfToken(db, cycle, token);
    if (attempt !== undefined) await noteMended(db, { id: cycle, attempt });
  },
});
