import type { Challenger, ChampionToBeat, Judged, PlannedCycle } from '../schemas/steps.ts';
import type { Leave } from './approval.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';

/** Promotes the challenger at the epoch of its judgement. If another version was promoted since, it is judged again. */
export async function crown(
  { cycle }: PlannedCycle,
  { version }: Challenger,
  { number, epoch }: Judged,
  { reason, decision }: Extract<Leave, { kind: 'promote' }>,
  progress: Pick<ReturnType<typeof reportProgress>, 'at'>,
): Promise<{ readonly kind: 'promoted' } | { readonly kind: 'judgeAgain'; readonly champion: ChampionToBeat }> {
  progress.at('promote');
  const following = decision === undefined ? {} : { decision };
  const promotion = await control.promote({ cycle, number, epoch, version, reason, ...following });
  return promotion.outcome === 'promoted' ? { kind: 'promoted' } : { kind: 'judgeAgain', champion: promotion.champion };
}
