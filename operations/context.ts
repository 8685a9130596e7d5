import type { Client } from '@temporalio/client';
import type { Ledger } from '../ledger/openLedger.ts';
import type { Actor } from '../schemas/actor.ts';
import type { Endpoint } from '../settings/notifications.ts';
import type { KnownSettings } from '../settings/settings.ts';
import type { Store } from '../store/openStore.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import type { OperationEvent } from './events.ts';

/**
 * What operations reach, opened at the edge and handed in. Each operation names the part of it that it needs. A part is
 * opened when it is first read, so that what needs no Temporal works without one.
 */
export interface OperationContext {
  readonly ledger: Ledger;
  readonly store: Store;
  /** Null where no MLflow is known. */
  readonly tracker: Tracker | null;
  readonly temporal: () => Promise<Client>;
  /** @throws ReignError SettingInvalid */
  readonly settings: KnownSettings;
  /**
   * Where notifications go, by name.
   *
   * @throws ReignError SettingInvalid, UsageInvalid
   */
  readonly endpoint: (name: string) => Promise<Endpoint>;
  /** Starts a program of the trainer's package on this machine. */
  readonly python: (module: string) => PythonProgram;
  /** Who asks. */
  readonly actor: Actor;
  readonly now: () => Date;
  /** Ends the waiting. What was started continues. */
  readonly signal: AbortSignal;
  /** Gets what happens while an operation runs. */
  readonly onEvent: (event: OperationEvent) => void;
}

/** A program that answers each question, until it is closed. */
export interface PythonProgram {
  /** @throws ReignError what the program answers as an error, with its code */
  ask(question: unknown): Promise<Record<string, unknown>>;
  /** Lets it end, and waits for that. */
  close(): Promise<void>;
}
