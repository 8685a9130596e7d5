/** How a cycle ends that asked a person, in one sentence: what the workflow records, and `verify` holds it against. */

export const rejectedSummary = (by: string, reason: string): string => `Rejected by ${by}: ${reason}`;

/** Of a cycle of a backfill: there the gate rolls back by itself, and nobody is there to let it promote again. */
export const heldSummary =
  'Kept, although the gate said promote: after a rollback promotions need a person, and a backfill asks nobody.';

/** @param until the deadline; ISO 8601 */
export const expiredSummary = (until: string): string => `Nobody decided until ${until}.`;
