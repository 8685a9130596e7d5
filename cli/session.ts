import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type Ledger, openLedger } from '../ledger/openLedger.ts';
import { ReignError } from '../schemas/errors.ts';
import { homeOf } from '../stack/home.ts';
import {
  connectionVariable,
  givenSettings,
  ledgerOwnerUrl,
  runningStack,
  type TemporalSettings,
} from '../stack/settings.ts';
import { claimCheck } from '../store/claimCheck.ts';
import { openStore, type Store } from '../store/openStore.ts';
import { openTracker, type Tracker } from '../tracker/openTracker.ts';
import { Progress, type Terminal } from './progress.ts';
import type { openPython } from './python.ts';

/** What a command line is run in. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly now: () => Date;
  /** Fires on Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Fires when it is pressed again. */
  readonly hurried: AbortSignal;
  /** Starts a program of the trainer's package. */
  readonly openPython: typeof openPython;
}

/** What one command reaches: each part is opened when it is first asked for, and closed at the end. */
export class Session {
  readonly surroundings: Surroundings;
  readonly progress: Progress;
  /** Set by a command that Ctrl-C ends in its own way. */
  endsItself = false;
  #ledger: Ledger | undefined;
  #client: Promise<Client> | undefined;
  #store: Store | undefined;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    this.progress = new Progress(surroundings.stderr, surroundings.env);
  }

  get ledger(): Ledger {
    this.#ledger ??= openLedger(this.#given('ledgerUrl', 'REIGN_LEDGER_URL'));
    return this.#ledger;
  }

  get store(): Store {
    const { env } = this.surroundings;
    this.#store ??= openStore(storeFolder(env));
    return this.#store;
  }

  /** Null where no MLflow is known: what only looks at it does without. */
  get tracker(): Tracker | null {
    const { env } = this.surroundings;
    const { trackerUri } = partSettings(env);
    return trackerUri === undefined ? null : openTracker(trackerUri, env);
  }

  client(): Promise<Client> {
    refuseOthersSettings(this.surroundings.env);
    this.#client ??= connect(this.#given('temporal', 'TEMPORAL_ADDRESS'), this.store);
    return this.#client;
  }

  #given<K extends 'ledgerUrl' | 'temporal'>(name: K, variable: string): NonNullable<PartSettings[K]> {
    const value = partSettings(this.surroundings.env)[name];
    if (value != null) return value;
    throw new ReignError('SettingMissing', `Reign's stack is not running and ${variable} is not set`);
  }

  async close(): Promise<void> {
    this.progress.end();
    const client = await this.#client?.catch(() => undefined);
    await Promise.all([client?.connection.close(), this.#ledger?.close()]);
  }
}

/** What works in the running stack got its settings when it began: others, given to a command alone, would change nothing. */
function refuseOthersSettings(env: NodeJS.ProcessEnv): void {
  const given = givenSettings(env);
  const running = runningStack(env);
  if (running === undefined || given.temporal !== undefined) return;
  const differ = [
    ...(given.ledgerUrl !== undefined && given.ledgerUrl !== running.ledgerUrl ? ['REIGN_LEDGER_URL'] : []),
    ...(given.trackerUri !== undefined && given.trackerUri !== running.trackerUri ? ['MLFLOW_TRACKING_URI'] : []),
    ...Object.entries(given.connections)
      .filter(([name, url]) => running.connections[name] !== url)
      .map(([name]) => connectionVariable(name)),
  ];
  if (differ.length === 0) return;
  throw new ReignError(
    'SettingInvalid',
    `${differ.join(', ')}: the running stack was started without it, or with another value. Restart the stack with this value, or unset it`,
  );
}

const storeFolder = (env: NodeJS.ProcessEnv) =>
  env.REIGN_STORE ? resolve(env.REIGN_STORE) : join(homeOf(env).folder, 'store');

export interface PartSettings {
  readonly home: string;
  readonly store: string;
  readonly ledgerUrl: string | undefined;
  readonly ledgerOwnerUrl: string | undefined;
  readonly temporal: TemporalSettings | undefined;
  readonly trackerUri: string | undefined;
  readonly connections: Readonly<Record<string, string>>;
  /** Whether an embedded stack runs in this home. */
  readonly stackRuns: boolean;
}

/** What is known of each part, given or running: a command needs only those that it uses. */
export function partSettings(env: NodeJS.ProcessEnv): PartSettings {
  const given = givenSettings(env);
  const running = runningStack(env);
  const embedded = running && { ...running.temporal, connectionOptions: { address: running.temporal.address } };
  return {
    home: homeOf(env).folder,
    store: storeFolder(env),
    ledgerUrl: given.ledgerUrl ?? running?.ledgerUrl,
    ledgerOwnerUrl: ledgerOwnerUrl(given, running),
    temporal: given.temporal ?? embedded,
    trackerUri: given.trackerUri ?? running?.trackerUri,
    connections: { ...running?.connections, ...given.connections },
    stackRuns: running !== undefined,
  };
}

/** A client of Temporal, connected. What is large goes through the store. */
export async function connect(
  { address, namespace, connectionOptions }: TemporalSettings,
  store: Store,
): Promise<Client> {
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '5 seconds' });
    return new Client({ connection, namespace, dataConverter: { payloadCodecs: [claimCheck(store)] } });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new ReignError('OrchestratorUnavailable', `Temporal at ${address} does not answer: ${reason}`, {
      cause: error,
    });
  }
}
