import type { ErrorEntry } from './entry.ts';

/** An endpoint does not accept a notification. */
export const notificationErrors = {
  NotificationFailed: {
    status: 502,
    retry: true,
    advice: "Check the endpoint's URL and secret in the file that REIGN_NOTIFICATIONS names, and the receiver's log.",
    templates: {
      notDelivered: 'the endpoint {endpoint} did not accept the notification: {reason}',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
