import type { Challenger, Judged, PlannedCycle, ScoredChampion, Snapshots } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { control, trainer } from './proxies.ts';

/** One judgement: both measured on the same rows, decided by the gate, stored in the ledger. */
export async function judge(
  plan: PlannedCycle,
  snapshots: Snapshots,
  challenger: Challenger,
  champion: ScoredChampion | null,
  number: number,
): Promise<Judged> {
  const { cycle, definition, windows, primary } = plan;
  const { evidence } = await trainer.evaluate({
    cycle,
    definition,
    primary,
    window: windows.holdout,
    trivial: challenger.fit.trivial,
    challenger: {
      cycle: cycle.id,
      definitionVersion: cycle.definitionVersion,
      codeHash: plan.codeHash,
      trainSnapshot: snapshots.train.contentHash,
      holdoutSnapshot: snapshots.holdout.contentHash,
      predictions: challenger.predictions,
      unscorable: null,
    },
    champion: champion?.contender ?? null,
    choseChampion: champion?.choseSnapshots ?? [],
    rehearsal: challenger.rehearsal,
    run: challenger.run,
  });
  const against = champion && { epoch: champion.epoch, version: champion.version, cycle: champion.cycle };
  const judging = { cycle: attemptOf(plan), number, evidence, challenger: challenger.version };
  return control.decide({ ...judging, champion: against });
}
