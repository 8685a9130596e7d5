/** How a cycle ends that asked a person, in one sentence: what the workflow records, and `verify` holds it against. */

export const rejectedSummary = (by: string, reason: string): string => `Rejected by ${by}: ${reason}`;

/** @param until the deadline; ISO 8601 */
export const expiredSummary = (until: string): string => `Nobody decided until ${until}.`;
