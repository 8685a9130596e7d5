/** Fewer clusters tell a t distribution's tail from nothing: simulated error rates leave their level below it. */
export const fewestClusters = 7;
/** Below so many rows of a class, a metric that ranks or averages by class rests on single rows. */
export const fewestRows = 10;
/**
 * An error that the catalogue does not know may pass or may be a defect: an activity is tried this many times, not for ever.
 * Waiting for a server that is down is not counted: that may take all night.
 */
export const mostUnexplained = 10;
/** A larger payload goes through the store. A few kB pass as they are, so that a short history is readable without it. */
export const largestInlineBytes = 8 * 1024;
