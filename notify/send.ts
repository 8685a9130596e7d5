import type { Notification } from '../ledger/notifications.ts';
import type { Endpoint } from '../settings/notifications.ts';
import { bodyOf, type TestNotification } from './body.ts';
import { type Delivery, post } from './post.ts';
import { signedHeaders } from './sign.ts';

/** Tries once to tell an endpoint. */
export async function sendNotification(
  endpoint: Endpoint,
  notification: Notification | TestNotification,
  now: Date,
  stopped?: AbortSignal,
): Promise<Delivery> {
  const body = bodyOf(notification, endpoint.format);
  const timestamp = Math.floor(now.getTime() / 1000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'reign',
    ...signedHeaders({ id: notification.id, timestamp, body }, endpoint.secrets),
  };
  return await post(endpoint, headers, body, { stopped });
}
