import { Command } from 'commander';
import type { approveOperation } from '../operations/approve.ts';
import { perform } from '../operations/operation.ts';
import type { rejectOperation } from '../operations/reject.ts';
import type { Tell } from './answer.ts';
import { changedChampionText } from './changedChampion.ts';
import { cycleName, withCycleArguments } from './cycleArguments.ts';
import type { Session } from './session.ts';

interface Options {
  readonly lineage: string;
  readonly reason: string;
  readonly evidence?: string;
}

/** `reign approve` and `reign reject`: they differ in nothing but the decision. */
export const decisionCommand = (
  session: Session,
  tell: Tell,
  operation: typeof approveOperation | typeof rejectOperation,
) =>
  withCycleArguments(new Command(operation.name))
    .description(operation.description)
    .requiredOption('--reason <text>', 'why; stays in the ledger')
    .option('--evidence <hash>', 'the evidence that you have seen; refused where the cycle has been judged anew since')
    .action(async (name: string, asOf: string | undefined, options: Options) => {
      const { reason, evidence } = options;
      const request = { ...cycleName(name, asOf, options), reason, ...(evidence === undefined ? {} : { evidence }) };
      const answer = await perform(operation, session.context, request);
      const said = answer.decision.kind === 'approve' ? 'approved' : 'rejected';
      if ('proposal' in answer) {
        const { proposal, decision, changed } = answer;
        const champion = changed === null ? 'The champion stays.' : changedChampionText(changed);
        tell({ document: answer, text: () => `${proposal.id}: ${said} by ${decision.by}. ${champion}` });
        return;
      }
      const { cycle, decision, heard } = answer;
      const then = heard
        ? `To see how it ends: reign show ${cycle.id}`
        : 'The decision is recorded. No worker runs now: the cycle goes on as soon as one does.';
      tell({ document: answer, text: () => `${cycle.id}: ${said} by ${decision.by}. ${then}` });
    });
