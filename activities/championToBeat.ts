import { lookAlpha, probationOf } from '../gate/probation.ts';
import { periodToFollow } from '../gate/windows.ts';
import { anchorOf } from '../ledger/anchor.ts';
import type { Champion } from '../ledger/champions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { followUpsOfEpoch, type StoredFollowUp } from '../ledger/followUps.ts';
import { type LastPromotion, lastPromotion } from '../ledger/lastPromotion.ts';
import type { Definition } from '../schemas/definition.ts';
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
  const promoting = await definitionVersion(db, model, promotion.definitionVersion);
  if (promoting === undefined) return null;
  const seen = await followUpsOfEpoch(db, model, lineage, epoch);
  const window = periodToLookAt(promotion, promoting.definition, seen, holdout);
  if (window === null) return null;
  const { cycle, promised, beaten } = promotion;
  const asked = { cycle, epoch, window, promised };
  if (beaten === null) return seen.some(({ complete }) => complete) ? null : { ...asked, beaten };
  const made = seen.flatMap(({ look }) => look ?? []);
  // As it began: a change of the policy must not add to the chance of error.
  const looks = made[0]?.of ?? probationOf(opponent.definition.gate).looks;
  if (made.length >= looks) return null;
  const isLook = holdout.from <= window.from && holdout.to >= window.to;
  const { win, margin } = promoting.definition.gate;
  const acceptedLoss = win === 'nonInferior' ? (margin ?? 0) : 0;
  const look = { number: made.length + 1, of: looks, alpha: lookAlpha(looks), acceptedLoss };
  return { ...asked, beaten: await toScore(beaten), ...(isLook && { look }) };
}

/**
 * The rows that show something new: first the period right after the promotion's holdout; then each holdout that begins
 * where the rows end that were looked at before.
 */
function periodToLookAt(
  { holdout: promoted }: LastPromotion,
  { windows }: Definition,
  seen: readonly StoredFollowUp[],
  holdout: Window,
): Window | null {
  const whole = seen.filter(({ complete }) => complete).map(({ window }) => window.to);
  const first = whole.length === 0 ? periodToFollow(promoted, windows, holdout, seen.length > 0) : null;
  if (first !== null) return first;
  return [promoted.to, ...whole].every((end) => holdout.from >= end) ? holdout : null;
}
