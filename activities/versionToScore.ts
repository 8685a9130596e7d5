import type { Champion } from '../ledger/champions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { type Definition, positiveClass } from '../schemas/definition.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import type { ExtractRequest, PlannedQuery } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import type { VersionToScore } from '../schemas/steps.ts';
import { versionName } from '../schemas/versionName.ts';
import { planQueries } from './planQueries.ts';
import type { World } from './world.ts';

/** The challenger's side: how it reads the holdout. */
export interface OpponentRequest {
  readonly definition: Definition;
  readonly asOf: string;
  readonly holdoutQuery: PlannedQuery;
}

/**
 * A version with what scoring it on this holdout takes. Where its definition reads the source as the challenger's
 * does, both share one snapshot; otherwise it gets the holdout by its own query.
 *
 * @param holdout the challenger's holdout window
 */
export async function versionToScore(
  world: World,
  version: Champion,
  holdout: Window,
  { definition: challengers, asOf, holdoutQuery: challengersQuery }: OpponentRequest,
): Promise<VersionToScore> {
  const stored = await definitionVersion(world.ledger.db, version.model, version.definitionVersion);
  if (stored === undefined) {
    throw errorOf('LedgerConflict', 'definitionGone', {
      definitionVersion: version.definitionVersion,
      model: version.model,
      version: versionName(version),
    });
  }
  const { definition } = stored;
  let holdoutExtraction: ExtractRequest | null = null;
  let unscorable = incomparable(definition, challengers);
  try {
    const own = (await planQueries(world, definition, { train: holdout, holdout }, asOf)).holdout;
    const { connection } = definition.source;
    if (own.queryHash !== challengersQuery.queryHash || connection !== challengers.source.connection) {
      const { statementTimeoutSeconds } = world.limits;
      holdoutExtraction = { connection, queries: [{ ...own, purpose: 'championHoldout' }], statementTimeoutSeconds };
    }
  } catch (error) {
    if (!(error instanceof ReignError) || error.code === 'SourceUnavailable') throw error;
    unscorable = `${error.code}: ${error.message}`;
  }
  const { cycle, asOf: fittedAsOf, modelUri, digest, codeHash, trainSnapshot, environmentHash } = version;
  return {
    ...{ version: version.version, cycle, modelUri, digest, codeHash, trainSnapshot, environmentHash },
    ...(version.trainWindow === null ? {} : { trainWindow: version.trainWindow }),
    ...(version.registeredAt === null ? {} : { registeredAt: version.registeredAt }),
    ...ownClasses(definition, challengers),
    asOf: fittedAsOf,
    definition,
    definitionVersion: version.definitionVersion,
    holdoutExtraction,
    unscorable,
  };
}

/**
 * Scores compare only where they are for the same thing: why those of the two definitions are not, or null. Classes are
 * compared by name: another order changes nothing, and of several classes those count that both know.
 */
function incomparable(versions: Definition, challengers: Definition): string | null {
  const otherwise = 'Apply this definition under another model name: there it begins with a first champion of its own';
  if (versions.task !== challengers.task)
    return `its task is ${versions.task}, that of the challenger ${challengers.task}. ${otherwise}`;
  const [theirs, ours] = [versions.label, challengers.label];
  if (theirs === undefined || ours === undefined) return null;
  const shared = theirs.classes.filter((name) => ours.classes.includes(name));
  if (challengers.task === 'multiclass')
    return shared.length >= 2 ? null : `fewer than two of its classes are classes of the challenger. ${otherwise}`;
  if (shared.length === 2 && positiveClass(theirs) === positiveClass(ours)) return null;
  return `its classes or its positive class are not those of the challenger. ${otherwise}`;
}

/** A version's classes, where they are not those of the challenger in the same order. */
function ownClasses({ label }: Definition, challengers: Definition): Pick<VersionToScore, 'classes'> {
  const same = JSON.stringify(label?.classes ?? null) === JSON.stringify(challengers.label?.classes ?? null);
  return same || label === undefined ? {} : { classes: label.classes };
}
