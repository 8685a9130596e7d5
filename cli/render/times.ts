/** `2001-02-12 06:00:00 UTC`, without fractions of a second. */
export const formatTime = (instant: string) => instant.replace(/^(.{10})T(.{8})(?:\.\d+)?Z$/, '$1 $2 UTC');

/** `2001-02-12`, in UTC. */
export const dateOf = (instant: string) => instant.slice(0, 10);
