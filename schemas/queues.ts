/** The queue that trainers (Python) listen on. */
export const trainerQueue = 'reign-trainer';
/** Fits: a trainer takes as many at once as it has slots for them, and the rest waits here. */
export const fitQueue = `${trainerQueue}.fit`;
/** Fits of one class, which only trainers of that class take. */
export const fitQueueOf = (trainerClass?: string) => queueOf(fitQueue, trainerClass);
/** Work that somebody waits for: it does not queue behind long cycles. */
export const promptQueue = `${trainerQueue}.prompt`;
/** The same for fits of one class. */
export const promptQueueOf = (trainerClass?: string) => queueOf(promptQueue, trainerClass);
/** The queue that workers (TypeScript) listen on. */
export const workerQueue = 'reign';
/** Trainers listen on a queue of their environment too: a version that needs an older one is scored there. */
export const environmentQueue = (environmentHash: string) =>
  `${trainerQueue}.${environmentHash.slice(0, environmentDigits)}`;
/** So many digits of its hash name an environment's queue. */
export const environmentDigits = 16;

const queueOf = (queue: string, trainerClass?: string) =>
  trainerClass === undefined ? queue : `${queue}.${trainerClass}`;
