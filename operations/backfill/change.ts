import { z } from 'zod';
import { changeBackfill } from '../../ledger/backfills.ts';
import type { OperationContext } from '../context.ts';
import { operation } from '../operation.ts';
import { followBackfill } from './follow.ts';
import { BackfillShown, shownBackfill } from './shown.ts';
import { tellBackfill } from './tell.ts';

type Needs = Pick<OperationContext, 'ledger' | 'temporal' | 'actor' | 'now' | 'signal' | 'onEvent'>;
type Change = Parameters<typeof changeBackfill>[2];

const change = (what: Change, description: string) =>
  operation({
    name: `backfill ${what}`,
    description,
    request: z.strictObject({
      id: z.string(),
      reason: z.string().min(1),
      /** Whether to answer only when nothing of it runs any more. */
      wait: z.boolean().default(false),
    }),
    answer: BackfillShown,
    run: async (context: Needs, { id, reason, wait }) => {
      const { ledger, temporal, actor, now } = context;
      await shownBackfill(ledger.db, id, now());
      // Before it is written down: what nobody can be told of is not done.
      const client = await temporal();
      await changeBackfill(ledger.db, id, what, { actor, reason });
      const { endedAt } = await shownBackfill(ledger.db, id, now());
      if (endedAt === null) await tellBackfill(client, id);
      return wait ? await followBackfill(context, id) : await shownBackfill(ledger.db, id, now());
    },
  });

export const pauseBackfillOperation = change('pause', 'begin no new date of a backfill; what has begun is prepared');
export const resumeBackfillOperation = change('resume', 'go on with a backfill that was paused');
export const cancelBackfillOperation = change('cancel', 'end a backfill, and the cycles that run of it');
export const retryBackfillOperation = change('retry', 'run the dates of a backfill again that failed, and go on');
