import type { Challenger, Judged, PlannedCycle, ScoredChampion } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { control } from './proxies.ts';

/** The gate decides from the evidence, and the ledger keeps the judgement. */
export function judge(
  plan: PlannedCycle,
  challenger: Challenger,
  champion: ScoredChampion | null,
  evidence: string,
  number: number,
): Promise<Judged> {
  const against = champion && { epoch: champion.epoch, version: champion.version, cycle: champion.cycle };
  const judging = { cycle: attemptOf(plan), number, evidence, challenger: challenger.version };
  return control.decide({ ...judging, champion: against, warnings: challenger.warnings });
}
