import { userInfo } from 'node:os';
import type { Client } from '@temporalio/client';
import { type Ledger, openLedger } from '../ledger/openLedger.ts';
import type { OperationContext } from '../operations/context.ts';
import { osUser } from '../schemas/actor.ts';
import { givenSettings, type TemporalSettings } from '../settings/givenSettings.ts';
import { homeOf } from '../settings/home.ts';
import { differingSettings, refuseOtherSettings, runningStack } from '../settings/runningStack.ts';
import { type KnownSettings, knownSettings, requireParts } from '../settings/settings.ts';
import { openStore, type Store } from '../store/openStore.ts';
import { openTracker, type Tracker } from '../tracker/openTracker.ts';
import { ProgressLine, type Terminal } from './progress.ts';
import type { openPython } from './python.ts';
import { showEvent } from './showEvent.ts';

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
  /** Asks the person at the terminal. Default: there is none, and nothing is asked. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Starts a program of the trainer's package. */
  readonly openPython: typeof openPython;
}

/** What one command reaches: each part is opened when it is first asked for, and closed at the end. */
export class Session {
  readonly surroundings: Surroundings;
  readonly progress: ProgressLine;
  /** Set by a command that Ctrl-C ends in its own way. */
  endsItself = false;
  #ledger: Ledger | undefined;
  #client: Promise<Client> | undefined;
  #store: Store | undefined;
  readonly #context: OperationContext;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    this.progress = new ProgressLine(surroundings.stderr, surroundings.env);
    this.#context = contextOf(this);
  }

  /** Read anew each time: `demo` starts the stack that it then uses. */
  get settings(): KnownSettings {
    return knownSettings(this.surroundings.env);
  }

  get ledger(): Ledger {
    this.#ledger ??= openLedger(requireParts(this.settings, 'ledgerUrl').ledgerUrl);
    return this.#ledger;
  }

  get store(): Store {
    this.#store ??= openStore(this.settings.store);
    return this.#store;
  }

  /** Null where no MLflow is known: what only looks at it does without. */
  get tracker(): Tracker | null {
    const { trackerUri, trackerCredentials } = this.settings;
    return trackerUri === undefined ? null : openTracker(trackerUri, trackerCredentials);
  }

  client(): Promise<Client> {
    this.#refuseOtherSettings();
    this.#client ??= this.#connect(requireParts(this.settings, 'temporal').temporal);
    return this.#client;
  }

  /** Temporal's client takes as long to load as all the rest: only what uses it loads it. */
  async #connect(temporal: TemporalSettings): Promise<Client> {
    const { connectTemporal } = await import('../operations/connectTemporal.ts');
    return await connectTemporal(temporal, this.store);
  }

  /** Whoever names a Temporal of their own does not use the running stack. */
  #refuseOtherSettings(): void {
    const { env } = this.surroundings;
    const given = givenSettings(env);
    const running = runningStack(homeOf(env))?.addresses;
    if (running === undefined || differingSettings(given, running).includes('TEMPORAL_ADDRESS')) return;
    refuseOtherSettings(given, running);
  }

  /** What operations get. A part is opened when an operation first reads it. */
  get context(): OperationContext {
    return this.#context;
  }

  async close(): Promise<void> {
    this.progress.end();
    const client = await this.#client?.catch(() => undefined);
    await Promise.all([client?.connection.close(), this.#ledger?.close()]);
  }
}

function contextOf(session: Session): OperationContext {
  const { env, now, interrupted, openPython } = session.surroundings;
  return {
    get ledger() {
      return session.ledger;
    },
    get store() {
      return session.store;
    },
    get tracker() {
      return session.tracker;
    },
    get settings() {
      return session.settings;
    },
    temporal: () => session.client(),
    endpoint: async (name) => (await import('../settings/notifications.ts')).endpointNamed(env, name),
    python: (module) => openPython(module, interrupted),
    actor: osUser(userInfo().username),
    now,
    signal: interrupted,
    onEvent: (event) => showEvent(session.progress, event),
  };
}
