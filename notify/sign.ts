import { createHash, createHmac } from 'node:crypto';

/** What is signed, as the receiver gets it. */
interface SignedMessage {
  /** Idempotency key. */
  readonly id: string;
  /** Seconds since 1970 of this try. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, timestamp and body, one
 * signature for each secret. `reign-key-id` says which secrets these were, in the same order.
 */
export function signedHeaders(
  { id, timestamp, body }: SignedMessage,
  secrets: readonly Buffer[],
): Record<string, string> {
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(secrets.length > 0 && {
      'webhook-signature': signatures.join(' '),
      'reign-key-id': secrets.map(keyId).join(' '),
    }),
  };
}

/** Names a secret without giving it away. */
const keyId = (secret: Buffer): string => createHash('sha256').update(secret).digest('hex').slice(0, 12);
