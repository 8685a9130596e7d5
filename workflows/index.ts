export { checkDefinition } from './checkDefinition.ts';
export { retrain } from './retrain.ts';
export { scheduled } from './scheduled.ts';
export { tryDefinition } from './tryDefinition.ts';
