import type { FollowUpRequest } from '../schemas/evidence.ts';
import type { ChampionToBeat, PlannedCycle, ScoredChampion, Snapshots } from '../schemas/steps.ts';
import { scoreVersion } from './scoreVersion.ts';

/** The predictions of the champion on the holdout, of the anchor, and of the version that the champion beat. */
export async function scoreChampion(
  plan: PlannedCycle,
  snapshots: Snapshots,
  champion: ChampionToBeat | null,
): Promise<ScoredChampion | null> {
  if (champion === null) return null;
  const [contender, scoredAnchor, followUp] = await Promise.all([
    scoreVersion(plan, snapshots, champion),
    champion.anchor === null ? null : scoreVersion(plan, snapshots, champion.anchor),
    followLastPromotion(plan, snapshots, champion),
  ]);
  return { ...champion, contender, scoredAnchor, followUp };
}

async function followLastPromotion(
  plan: PlannedCycle,
  snapshots: Snapshots,
  { promotion, choseSnapshots }: ChampionToBeat,
): Promise<FollowUpRequest | null> {
  if (promotion === null) return null;
  const { cycle, epoch, window, promised, look } = promotion;
  const beaten = promotion.beaten === null ? null : await scoreVersion(plan, snapshots, promotion.beaten);
  return { cycle, epoch, window, promised, beaten, chose: choseSnapshots, ...(look === undefined ? {} : { look }) };
}
