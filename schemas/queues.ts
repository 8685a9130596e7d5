/** The queue that trainers (Python) listen on. */
export const trainerQueue = 'reign-trainer';
/** The queue that workers (TypeScript) listen on. */
export const workerQueue = 'reign';
