import type { Client, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import { canonicalHash } from '../ledger/canonicalHash.ts';
import { errorOf } from '../schemas/errors.ts';
import { workerQueue } from '../schemas/queues.ts';
import type { ReconcileRequest } from '../schemas/steps.ts';

/** What the schedule of an installation's reconciles is called in Temporal. */
export const reconcileScheduleId = 'reign-reconcile';

/**
 * Makes the schedule that reconciles every so often, where it is missing or says something else. It names the
 * installation: a namespace belongs to one, and that of another one is left as it is.
 *
 * @throws ReignError SettingInvalid where the namespace belongs to another installation
 */
export async function ensureReconcileSchedule(client: Client, request: ReconcileRequest): Promise<void> {
  const handle = client.schedule.getHandle(reconcileScheduleId);
  const wanted = optionsOf(request);
  try {
    const { action } = await handle.describe();
    const there = requestIn(action.args);
    if (there !== undefined && there.installation !== request.installation)
      throw errorOf('SettingInvalid', 'otherLedger', { namespace: client.options.namespace });
    if (canonicalHash(action.args ?? []) === canonicalHash([request])) return;
    await handle.update(({ state }) => ({ ...wanted, state }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    try {
      await client.schedule.create({ ...wanted, scheduleId: reconcileScheduleId });
    } catch (raced) {
      if (!(raced instanceof ScheduleAlreadyRunning)) throw raced;
      // Whoever was faster may be another installation.
      await ensureReconcileSchedule(client, request);
    }
  }
}

/** The installation that a namespace belongs to; undefined where no worker has made the schedule yet. */
export async function installationOf(client: Client): Promise<string | undefined> {
  try {
    const { action } = await client.schedule.getHandle(reconcileScheduleId).describe();
    return requestIn(action.args)?.installation;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** What the schedule was made with; undefined where somebody made it otherwise. */
function requestIn(args: readonly unknown[] | undefined): ReconcileRequest | undefined {
  const [request] = args ?? [];
  const isOurs = typeof request === 'object' && request !== null && 'installation' in request;
  return isOurs ? (request as ReconcileRequest) : undefined;
}

const optionsOf = (request: ReconcileRequest) =>
  ({
    spec: { intervals: [{ every: request.everySeconds * 1000 }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'reconcile',
      workflowId: reconcileScheduleId,
      taskQueue: workerQueue,
      args: [request],
    },
    policies: { overlap: 'SKIP', catchupWindow: '1 minute' },
  }) satisfies Omit<ScheduleOptions, 'scheduleId'>;
