import type {
  Challenger,
  ChampionToBeat,
  Known,
  Outcome,
  PlannedCycle,
  ScoredChampion,
  Snapshots,
} from '../schemas/steps.ts';
import { datedVersion } from '../schemas/versionName.ts';
import { leaveToPromote } from './approval.ts';
import { crown } from './crown.ts';
import { judge } from './judge.ts';
import { measure } from './measure.ts';
import type { reportProgress } from './progress.ts';
import { scoreChampion } from './scoreChampion.ts';
import type { Claiming } from './settle.ts';
import { showEvidence } from './show.ts';

/** What a challenger meets: the cycle's plan, what is known before it is judged, and the champion's answers. */
export interface Contested {
  readonly plan: PlannedCycle;
  readonly known: Known;
  readonly champion: ScoredChampion | null;
}

/** Judges a scored challenger against whoever reigns, until that one has not changed meanwhile. */
export async function judgeChallenger(
  { plan, known, champion: reigning }: Contested,
  snapshots: Snapshots,
  challenger: Challenger,
  progress: Pick<ReturnType<typeof reportProgress>, 'at'>,
  alongside: Claiming['alongside'],
): Promise<Pick<Outcome, 'status' | 'summary'>> {
  let champion = reigning;
  for (let number = plan.firstJudgement; ; number++) {
    progress.at('evaluate', number > plan.firstJudgement ? `judgement ${number}` : undefined);
    const evidence = await measure(plan, snapshots, challenger, champion, known, number);
    const deciding = judge(plan, challenger, champion, evidence, number);
    const shown = alongside(showEvidence(plan, challenger, evidence, deciding));
    const judged = await deciding;
    if (number > plan.firstJudgement && judged.championSawHoldout) return superseded(plan, champion);

    const leave = await leaveToPromote(plan, judged, progress);
    if (leave.kind === 'keep') return { status: 'kept', summary: leave.summary };
    const promoted = leave.kind === 'promote' ? await crown(plan, challenger, judged, leave, progress) : leave;
    if (promoted.kind === 'promoted') return { status: 'promoted', summary: judged.summary };

    // Another version was promoted since. The judgement says nothing about that one: judge again, or give way.
    if (promoted.champion.asOf > plan.cycle.asOf) return superseded(plan, promoted.champion);
    await shown.done;
    champion = await scoreChampion(plan, snapshots, promoted.champion);
  }
}

function superseded({ cycle }: PlannedCycle, champion: ChampionToBeat | null): Pick<Outcome, 'status' | 'summary'> {
  const by = champion === null ? 'Another version' : datedVersion(champion);
  return { status: 'superseded', summary: `${by} became champion while the cycle for ${cycle.asOf} ran.` };
}
