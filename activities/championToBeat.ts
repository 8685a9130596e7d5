import { periodToFollow } from '../gate/windows.ts';
import { anchorOf } from '../ledger/anchor.ts';
import type { Champion } from '../ledger/champions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { followUpsOf } from '../ledger/followUps.ts';
import { lastPromotion } from '../ledger/lastPromotion.ts';
import { primaryMetricOf } from '../schemas/metrics.ts';
import type { Window } from '../schemas/primitives.ts';
import type { ChampionToBeat, PromotionToFollow, VersionToScore } from '../schemas/steps.ts';
import { type OpponentRequest, versionToScore } from './versionToScore.ts';
import type { World } from './world.ts';

/**
 * The champion with what judging against it takes: its own view of the holdout, the anchor where the policy asks for
 * one, and the promotion that made it champion while its next period is not over.
 *
 * @param holdout the challenger's holdout window
 */
export async function championToBeat(
  world: World,
  champion: Champion,
  holdout: Window,
  opponent: OpponentRequest,
): Promise<ChampionToBeat> {
  const toScore = (version: Champion) => versionToScore(world, version, holdout, opponent);
  const { epoch, choseSnapshots } = champion;
  return {
    ...(await toScore(champion)),
    ...{ epoch, choseSnapshots },
    anchor: await anchor(world, champion, opponent, toScore),
    promotion: await promotionToFollow(world, champion, holdout, opponent, toScore),
  };
}

async function anchor(
  { ledger: { db } }: World,
  { model, lineage, id }: Champion,
  { definition }: OpponentRequest,
  toScore: (version: Champion) => Promise<VersionToScore>,
): Promise<VersionToScore | null> {
  if (definition.gate.win !== 'nonInferior') return null;
  const found = await anchorOf(db, model, lineage);
  return found === undefined || found.id === id ? null : toScore(found);
}

async function promotionToFollow(
  { ledger: { db } }: World,
  { model, lineage, epoch }: Champion,
  holdout: Window,
  opponent: OpponentRequest,
  toScore: (version: Champion) => Promise<VersionToScore>,
): Promise<PromotionToFollow | null> {
  const promotion = await lastPromotion(db, model, lineage);
  if (promotion === undefined || promotion.epoch !== epoch) return null;
  if (promotion.metric !== primaryMetricOf(opponent.definition)) return null;
  const known = (await followUpsOf(db, model, lineage)).find((one) => one.epoch === epoch);
  const promoting = await definitionVersion(db, model, promotion.definitionVersion);
  if (known?.complete || promoting === undefined) return null;
  const window = periodToFollow(promotion.holdout, promoting.definition.windows, holdout, known !== undefined);
  if (window === null) return null;
  const { cycle, promised, beaten } = promotion;
  return { cycle, epoch, window, promised, beaten: beaten === null ? null : await toScore(beaten) };
}
