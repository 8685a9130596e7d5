import type { WaitsFor } from '../../schemas/cycle.ts';

/** What a waiting cycle waits for, in words that follow `for`. */
export const awaited: Readonly<Record<WaitsFor, string>> = {
  turn: 'its turn',
  person: 'a person',
  data: 'data',
  fault: 'a fault',
};
