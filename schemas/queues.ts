/** The queue that trainers (Python) listen on. */
export const trainerQueue = 'reign-trainer';
/** The queue that workers (TypeScript) listen on. */
export const workerQueue = 'reign';
/** Trainers listen on a queue of their environment too: a version that needs an older one is scored there. */
export const environmentQueue = (environmentHash: string) => `${trainerQueue}.${environmentHash.slice(0, 16)}`;
