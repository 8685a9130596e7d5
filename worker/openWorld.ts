import pino from 'pino';
import type { World } from '../activities/world.ts';
import { openLedger } from '../ledger/openLedger.ts';
import { connectionUrl } from '../settings/connections.ts';
import type { Limits } from '../settings/limits.ts';
import type { Settings } from '../settings/settings.ts';
import { openStore } from '../store/openStore.ts';
import { openTracker } from '../tracker/openTracker.ts';

/** Opens what the activities reach. Nothing is connected yet: each part says so itself when it cannot be reached. */
export function openWorld(settings: Settings, limits: Limits): World {
  return {
    ledger: openLedger(settings.ledgerUrl),
    store: openStore(settings.store),
    tracker: openTracker(settings.trackerUri, settings.trackerCredentials),
    connectionUrl: (name) => connectionUrl(settings, name),
    log: pino({ base: { part: 'worker' } }, pino.destination(2)),
    limits,
  };
}
