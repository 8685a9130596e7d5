/**
 * Waits until all of these have ended; then the first failure counts. A request to MLflow that is still under way would meet
 * the same one of the next try, and MLflow refuses one of two that set a tag at the same time.
 */
export async function endTogether(works: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(works);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
