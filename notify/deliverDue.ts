import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { type ClaimedNotification, claimDue, markDelivered, markFailed } from '../ledger/notifications.ts';
import { ReignError } from '../schemas/errors.ts';
import type { Endpoint } from '../settings/notifications.ts';
import type { Delivery } from './post.ts';
import { sendNotification } from './send.ts';

const atOnce = 20;

/**
 * Delivers what is due. A process that dies after sending leaves the notification to a later try, with the same
 * idempotency key.
 *
 * @param endpoint gives an endpoint by name, or throws what is wrong with it
 * @param stopped breaks off what is being sent; it is tried again later
 */
export async function deliverDue(
  db: Kysely<Database>,
  endpoint: (name: string) => Endpoint,
  stopped: AbortSignal = new AbortController().signal,
): Promise<void> {
  while (!stopped.aborted) {
    const due = await claimDue(db, atOnce);
    await Promise.all(
      due.map(async (notification) => {
        const delivery = await deliver(notification, endpoint, stopped);
        if (delivery.delivered) await markDelivered(db, notification.id);
        else await markFailed(db, notification, delivery.reason);
      }),
    );
    if (due.length < atOnce) return;
  }
}

async function deliver(
  notification: ClaimedNotification,
  endpoint: (name: string) => Endpoint,
  stopped: AbortSignal,
): Promise<Delivery> {
  try {
    return await sendNotification(endpoint(notification.endpoint), notification, new Date(), stopped);
  } catch (error) {
    // What an operator has still to configure: it is tried again like any other.
    if (error instanceof ReignError) return { delivered: false, reason: error.message };
    throw error;
  }
}
