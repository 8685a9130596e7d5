export { checkDefinition } from './checkDefinition.ts';
export { retrain } from './retrain.ts';
export { tryDefinition } from './tryDefinition.ts';
