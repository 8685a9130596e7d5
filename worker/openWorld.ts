import pino from 'pino';
import type { Limits, World } from '../activities/world.ts';
import { openLedger } from '../ledger/openLedger.ts';
import { ReignError } from '../schemas/errors.ts';
import { connectionUrl, type Settings } from '../stack/settings.ts';
import { openStore } from '../store/openStore.ts';
import { openTracker } from '../tracker/openTracker.ts';

/** Opens what the activities reach. Nothing is connected yet: each part says so itself when it cannot be reached. */
export function openWorld(settings: Settings, environment: NodeJS.ProcessEnv): World {
  return {
    ledger: openLedger(settings.ledgerUrl),
    store: openStore(settings.store),
    tracker: openTracker(settings.trackerUri),
    connectionUrl: (name) => connectionUrl(settings, name),
    log: pino({ base: { part: 'worker' } }, pino.destination(2)),
    limits: limitsOf(environment),
  };
}

function limitsOf(environment: NodeJS.ProcessEnv): Limits {
  return {
    statementTimeoutSeconds: seconds(environment, 'REIGN_STATEMENT_TIMEOUT', 3600),
    fitTimeoutSeconds: seconds(environment, 'REIGN_FIT_TIMEOUT', 6 * 3600),
  };
}

function seconds(environment: NodeJS.ProcessEnv, name: string, standard: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) {
    throw new ReignError(
      'SettingMissing',
      `${name} is ${JSON.stringify(text)}; expected a whole number of seconds above zero`,
    );
  }
  return value;
}
