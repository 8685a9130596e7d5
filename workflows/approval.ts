import { condition, defineSignal, patched, setHandler } from '@temporalio/workflow';
import { expiredSummary, rejectedSummary } from '../schemas/decisionSummary.ts';
import { personStep } from '../schemas/stepNames.ts';
import type { Answered, ChampionToBeat, Judged, PlannedCycle } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';

/** Tells a cycle that waits for a person to look into the ledger: somebody has decided, or the champion has changed. */
export const decidedSignal = defineSignal('decided');

/** Without a word from anybody the ledger is looked into this often: a decision counts whether or not its signal came. */
const lookEvery = 3_600_000;

/** What the verdict leads to, once whoever has to be asked has been. */
export type Leave =
  /** Nobody had to be asked where `decision` is absent. */
  | { readonly kind: 'promote'; readonly reason: string; readonly decision?: number }
  | { readonly kind: 'keep'; readonly summary: string }
  /** Somebody else was promoted meanwhile. */
  | { readonly kind: 'judgeAgain'; readonly champion: ChampionToBeat };

/** Asks a person where the definition wants that, and waits for the decision: until the deadline, or until it counts no more. */
export async function leaveToPromote(
  plan: PlannedCycle,
  judged: Judged,
  progress: Pick<ReturnType<typeof reportProgress>, 'at'>,
): Promise<Leave> {
  const { summary, number } = judged;
  // Cycles of before ended at once with what the gate had said.
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

function isAsked({ definition }: PlannedCycle, { kind, held = false }: Judged): boolean {
  if (kind === 'promote') return held;
  return kind === 'review' && (held || definition.gate.approval.when !== 'never');
}

/** What follows where nobody has to be asked. */
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
