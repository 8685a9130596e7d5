import { chargeOf } from '../gate/errorBudget.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { chargeError } from '../ledger/errorCharges.ts';
import type { Charge } from '../schemas/charge.ts';
import { errorOf } from '../schemas/errors.ts';
import type { ChargeRequest } from '../schemas/steps.ts';
import type { World } from './world.ts';

export const chargeErrorActivities = ({ ledger: { db } }: World) => ({
  /** Pays for a test before anybody reads the labels of its holdout; a test that was paid for costs nothing more. */
  async chargeError(request: ChargeRequest): Promise<Charge> {
    const { model, definitionVersion: version } = request.cycle;
    const stored = await definitionVersion(db, model, version);
    if (stored === undefined) throw errorOf('LedgerConflict', 'definitionLost', { version, model });
    const { gate, schedule } = stored.definition;
    return await chargeError(db, request, (test, past) => chargeOf(gate.error, schedule, test, past));
  },
});
