import { z } from 'zod';
import { moveTemporal } from '../orchestrator/ownTemporal.ts';
import { reconcileLedger, usualGrace } from '../reconcile/reconcile.ts';
import { errorOf } from '../schemas/errors.ts';
import { Reconciled } from '../schemas/reconcile.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';

type Needs = Pick<OperationContext, 'ledger' | 'tracker' | 'temporal' | 'store' | 'settings' | 'actor' | 'onEvent'>;

export const reconcileOperation = operation({
  name: 'reconcile',
  description: 'compare the ledger with MLflow, Temporal and the store, and put right what differs',
  request: z.strictObject({
    /** This Temporal runs the ledger's cycles from now on; those that it does not know end as failed. */
    movedTemporal: z.boolean().default(false),
  }),
  answer: Reconciled,
  run: async (context: Needs, { movedTemporal }) => {
    if (movedTemporal) await moveTemporal(await context.temporal(), context.ledger.db, context.actor);
    context.onEvent({ kind: 'step', step: 'comparing', detail: '' });
    return await reconcileLedger(
      { ledger: context.ledger, repair: context.actor, grace: usualGrace },
      partsOf(context),
    );
  },
});

/** How an operation reaches what is compared. */
export const partsOf = (context: Pick<Needs, 'tracker' | 'temporal' | 'store' | 'settings'>) => ({
  tracker: () => {
    if (context.tracker !== null) return context.tracker;
    const { home } = context.settings;
    throw errorOf('SettingMissing', 'notSet', { home, variables: 'MLFLOW_TRACKING_URI', are: 'is' });
  },
  client: () => context.temporal(),
  store: () => context.store,
});
