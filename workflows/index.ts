export { backfill } from './backfill.ts';
export { checkDefinition } from './checkDefinition.ts';
export { reconcile } from './reconcile.ts';
export { retrain } from './retrain.ts';
export { scheduled } from './scheduled.ts';
export { tryDefinition } from './tryDefinition.ts';
