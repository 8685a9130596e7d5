import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { World } from '../../activities/world.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { osUser } from '../../schemas/actor.ts';
import { Definition } from '../../schemas/definition.ts';
import { limitsOf } from '../../settings/limits.ts';
import { openStore } from '../../store/openStore.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { definition, hashOf } from '../ledger/scene.ts';
import type { TestLedger } from '../ledger/withLedger.ts';
import { storePlace } from '../storePlace.ts';

/** What activities reach: the ledger's database is the warehouse too, the store is empty, and MLflow does not answer. */
export function worldOf({ db, url }: TestLedger, changes: Partial<World> = {}): World {
  const folder = mkdtempSync(join(tmpdir(), 'reign-world-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return {
    ledger: { db, close: async () => {} },
    store: openStore(storePlace(folder)),
    tracker: openTracker('http://127.0.0.1:1', {}),
    connectionUrl: () => url,
    log: pino({ level: 'silent' }),
    limits: limitsOf({}),
    ...changes,
  };
}

export const query = `select 1 as id, date '2001-02-01' as date, true as late, 1.5 as hour, 2 as distance`;

/** The scene's definition with a query that a warehouse understands. */
export function readable({ source, ...changes }: DefinitionChanges = {}): Definition {
  const usual = definition();
  return Definition.parse({ ...usual, ...changes, source: { ...usual.source, query, ...source } });
}

type DefinitionChanges = Partial<Omit<Definition, 'source'>> & { readonly source?: Partial<Definition['source']> };

export const applyReadable = ({ db }: TestLedger, changes?: DefinitionChanges) =>
  storeDefinition(db, {
    definition: readable(changes),
    codeHash: hashOf('code'),
    columns: [{ name: 'hour', kind: 'number', sourceType: 'numeric', postgresType: 'numeric' }],
    appliedBy: osUser('ada'),
  });
