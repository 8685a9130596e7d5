import type { Champion } from '../ledger/champions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { ReignError } from '../schemas/errors.ts';
import type { PlannedQuery } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import type { ChampionToBeat } from '../schemas/steps.ts';
import { planQueries } from './planQueries.ts';
import type { World } from './world.ts';

/**
 * The champion with what judging it on this holdout takes. Where its definition reads the source as the challenger's
 * does, both share one snapshot; otherwise it gets the holdout by its own query.
 *
 * @param challengerQuery hash of the challenger's holdout query
 */
export async function championToBeat(
  world: World,
  champion: Champion,
  holdout: Window,
  asOf: string,
  challengerQuery: string,
): Promise<ChampionToBeat> {
  const stored = await definitionVersion(world.ledger.db, champion.model, champion.definitionVersion);
  if (stored === undefined) {
    throw new ReignError(
      'LedgerConflict',
      `the ledger has no definition version ${champion.definitionVersion} of ${champion.model}, by which its champion was fitted`,
    );
  }
  const { definition } = stored;
  let holdoutQuery: PlannedQuery | null = null;
  let unscorable: string | null = null;
  try {
    const own = (await planQueries(world, definition, { train: holdout, holdout }, asOf)).holdout;
    if (own.queryHash !== challengerQuery) holdoutQuery = { ...own, purpose: 'championHoldout' };
  } catch (error) {
    if (!(error instanceof ReignError) || error.code === 'SourceUnavailable') throw error;
    unscorable = `${error.code}: ${error.message}`;
  }
  const { epoch, version, cycle, modelUri, codeHash, trainSnapshot, choseSnapshots } = champion;
  return {
    ...{ epoch, version, cycle, modelUri, codeHash, trainSnapshot, choseSnapshots },
    asOf: champion.asOf,
    definition,
    definitionVersion: champion.definitionVersion,
    holdoutQuery,
    unscorable,
  };
}
