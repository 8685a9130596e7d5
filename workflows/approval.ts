import { condition, defineSignal, patched, setHandler } from '@temporalio/workflow';
import { expiredSummary, heldSummary, rejectedSummary } from '../schemas/decisionSummary.ts';
import { personStep } from '../schemas/stepNames.ts';
import type { Answered, ChampionToBeat, Judged, PlannedCycle } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';

/** Tells a cycle that waits for a person to look into the ledger: a person has decided, or the champion has changed. */
export const decidedSignal = defineSignal('decided');

/** Without a signal the cycle looks into the ledger this often (milliseconds): a decision counts even if its signal was lost. */
const lookEvery = 3_600_000;

/** What follows from a verdict, after a person was asked where one has to be. */
export type Leave =
  /** Without `decision` nobody had to be asked. */
  | { readonly kind: 'promote'; readonly reason: string; readonly decision?: number }
  | { readonly kind: 'keep'; readonly summary: string }
  /** Another version was promoted in the meantime. */
  | { readonly kind: 'judgeAgain'; readonly champion: ChampionToBeat };

/** Asks a person if the definition wants that. Waits for the decision until the deadline, or until the champion changes. */
export async function leaveToPromote(
  plan: PlannedCycle,
  judged: Judged,
  progress: Pick<ReturnType<typeof reportProgress>, 'at'>,
): Promise<Leave> {
  const { summary, number } = judged;
  if (plan.unattended === true && judged.held === true && judged.kind === 'promote')
    return { kind: 'keep', summary: heldSummary };
  // Older cycles ended at once with the gate's verdict.
  if (!isAsked(plan, judged) || !patched('approval')) return leaveToGate(judged);
  progress.at(personStep, `judgement ${number}: ${summary}`);
  const { onDeadline } = plan.definition.gate.approval;
  const cycle = attemptOf(plan);
  let told = 0;
  setHandler(decidedSignal, () => {
    told += 1;
  });
  for (let round = 1; ; round++) {
    const until = await control.askForApproval({ cycle, number, round, askedAt: new Date().toISOString() });
    for (let heard = 0; Date.now() < Date.parse(until); ) {
      const answer = await control.hearApproval(cycle, number, false);
      if (answer.kind !== 'waits') return leaveOf(answer, judged, until);
      const left = Date.parse(until) - Date.now();
      if (left > 0) await condition(() => told > heard, Math.min(left, lookEvery));
      heard = told;
    }
    const answer = await control.hearApproval(cycle, number, onDeadline === 'keep');
    if (answer.kind !== 'waits') return leaveOf(answer, judged, until);
  }
}

function isAsked({ definition, unattended = false }: PlannedCycle, { kind, held = false }: Judged): boolean {
  if (unattended) return false;
  if (kind === 'promote') return held;
  return kind === 'review' && (held || definition.gate.approval.when !== 'never');
}

/** What follows if nobody has to be asked. */
const leaveToGate = ({ kind, summary }: Judged): Leave =>
  kind === 'promote' ? { kind, reason: summary } : { kind: 'keep', summary };

function leaveOf(answer: Exclude<Answered, { kind: 'waits' }>, judged: Judged, until: string): Leave {
  switch (answer.kind) {
    case 'approved':
      return { kind: 'promote', reason: answer.reason, decision: answer.decision };
    case 'rejected':
      return { kind: 'keep', summary: rejectedSummary(answer.by, answer.reason) };
    case 'expired':
      return { kind: 'keep', summary: expiredSummary(until) };
    case 'championChanged':
      return { kind: 'judgeAgain', champion: answer.champion };
    case 'released':
      return leaveToGate(judged);
  }
}
