import type { Logger } from 'pino';
import type { Ledger } from '../ledger/openLedger.ts';
import type { Limits } from '../settings/limits.ts';
import type { Store } from '../store/openStore.ts';
import type { Tracker } from '../tracker/openTracker.ts';

/** What activities reach: opened once by the worker, handed to every activity. */
export interface World {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly tracker: Tracker;
  /** The URL of a warehouse by its connection's name. Throws ConnectionUnknown. */
  readonly connectionUrl: (name: string) => string;
  readonly log: Logger;
  readonly limits: Limits;
}
