/** `2001-02-12T00:00:00.000Z`, as the database gives a time in whole seconds, as an Instant: without the fraction. */
export const instant = (timestamp: string): string => timestamp.replace(/\.000Z$/, 'Z');
