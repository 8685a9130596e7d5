import type { Client } from '@temporalio/client';
import type { Ledger } from '../ledger/openLedger.ts';
import type { Actor } from '../schemas/actor.ts';
import type { Store } from '../store/openStore.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import type { RegisteredVersion } from '../tracker/registry.ts';
import type { Run } from '../tracker/runs.ts';
import type { EvidenceRead } from './storeReferences.ts';

/** What every comparison has. */
export interface ReconcileWorld {
  readonly ledger: Ledger;
  /** Who wants differences put right and recorded: a person, or Reign's own schedule; null: they are only found. */
  readonly repair: Actor | 'own schedule' | null;
  /** Milliseconds: what is younger may still be under way, and is left alone. */
  readonly grace: number;
}

export interface MlflowWorld extends ReconcileWorld {
  readonly tracker: Tracker;
  /** Every version of a model in the registry, asked once. */
  readonly versionsOf: (model: string) => Promise<readonly RegisteredVersion[]>;
  /** Every run of a model's experiment, asked once. */
  readonly runsOf: (model: string) => Promise<readonly Run[]>;
}

export interface TemporalWorld extends ReconcileWorld {
  readonly client: Client;
}

export interface StoreWorld extends ReconcileWorld {
  readonly store: Store;
  readonly evidenceRead: EvidenceRead;
}
