import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { installationId } from '../ledger/reconciliations.ts';
import { keepNamespace, moveNamespace, ownNamespace, type TemporalNamespace } from '../ledger/temporalNamespaces.ts';
import type { Actor } from '../schemas/actor.ts';
import { errorOf } from '../schemas/errors.ts';
import { ensureReconcileSchedule, installationOf } from './reconcileSchedule.ts';

/**
 * Refuses a Temporal that does not run this ledger's cycles. It knows none of them: each would look lost.
 *
 * @throws ReignError SettingInvalid
 * @throws ReignError OrchestratorUnavailable where no worker of the ledger has run anywhere yet
 */
export async function refuseOtherTemporal(client: Client, db: Kysely<Database>): Promise<void> {
  const owner = await ownerOf(client, db);
  const own = await ownNamespace(db);
  if (own !== undefined) refuse(own, await namespaceOf(client));
  else if (owner === undefined)
    throw errorOf('OrchestratorUnavailable', 'noLedger', { namespace: client.options.namespace });
}

/**
 * Says in Temporal and in the ledger, once, that they belong together, and sees to the schedule that reconciles.
 *
 * @throws ReignError SettingInvalid where one of them belongs to another one; nothing is changed then
 */
export async function takeTemporal(client: Client, db: Kysely<Database>, everySeconds: number): Promise<void> {
  await ownerOf(client, db);
  const here = await namespaceOf(client);
  refuse(await keepNamespace(db, here), here);
  await ensureReconcileSchedule(client, { installation: await installationId(db), everySeconds });
}

/**
 * This Temporal runs the ledger's cycles from now on.
 *
 * @throws ReignError SettingInvalid where it belongs to another ledger
 */
export async function moveTemporal(client: Client, db: Kysely<Database>, actor: Actor): Promise<void> {
  await ownerOf(client, db);
  await moveNamespace(db, await namespaceOf(client), actor);
}

/** @throws ReignError SettingInvalid where the namespace belongs to another ledger */
async function ownerOf(client: Client, db: Kysely<Database>): Promise<string | undefined> {
  const owner = await installationOf(client);
  if (owner !== undefined && owner !== (await installationId(db)))
    throw errorOf('SettingInvalid', 'otherLedger', { namespace: client.options.namespace });
  return owner;
}

function refuse(own: TemporalNamespace, here: TemporalNamespace): void {
  if (own.id === here.id) return;
  throw errorOf('SettingInvalid', 'otherTemporal', {
    ...{ namespace: here.name, id: here.id, own: own.name, ownId: own.id },
  });
}

async function namespaceOf(client: Client): Promise<TemporalNamespace> {
  const { namespace } = client.options;
  const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
  return { id: namespaceInfo?.id ?? '', name: namespace };
}
