import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import type { VerifiedOutcome } from '../../operations/verify/finding.ts';
import { verifyOperation } from '../../operations/verify.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { cycleName, withCycleArguments } from '../cycleArguments.ts';
import { exitCodes } from '../exitCodes.ts';
import { renderVerified } from '../render/verify.ts';
import type { Session } from '../session.ts';

export const verifyCommand = (session: Session, tell: Tell) =>
  withCycleArguments(new Command('verify'), { isOptional: true })
    .description(verifyOperation.description)
    .option('--all <model>', 'verify every cycle of this model that has ended')
    .action(async (name: string | undefined, asOf: string | undefined, options: { lineage: string; all?: string }) => {
      const { all } = options;
      if ((all === undefined) === (name === undefined)) throw errorOf('UsageInvalid', 'nothingToVerify');
      const request = all === undefined ? cycleName(name ?? '', asOf, options) : { all };
      const answer = await perform(verifyOperation, session.context, request);
      tell({
        document: answer,
        text: ({ paint }) => renderVerified(answer.cycles, paint),
        exitCode: exitCodeFor[answer.outcome],
      });
    });

const exitCodeFor: Record<VerifiedOutcome, number> = {
  identical: exitCodes.ok,
  close: exitCodes.ok,
  impossible: exitCodes.unreachable,
  differs: exitCodes.disagrees,
};
