import { Command } from 'commander';
import { challengeOperation } from '../../operations/challenge.ts';
import { perform } from '../../operations/operation.ts';
import { showOperation } from '../../operations/show.ts';
import type { Tell } from '../answer.ts';
import { exitCodes } from '../exitCodes.ts';
import { wholeNumber } from '../numberArguments.ts';
import type { Session } from '../session.ts';
import { shownCycle } from '../shownCycle.ts';

interface Options {
  readonly version: number;
  readonly reason: string;
  readonly now?: boolean;
  readonly asOf?: string;
  readonly trainedOn?: string;
  readonly wait?: boolean;
}

export const challengeCommand = (session: Session, tell: Tell) =>
  new Command('challenge')
    .description(challengeOperation.description)
    .argument('<model>', 'such as flight-delay')
    .requiredOption('--version <number>', "the version's number in MLflow", wholeNumber)
    .requiredOption('--reason <text>', 'why; the ledger keeps it')
    .option('--now', 'judge at once, also on rows from before its registration; the verdict is then review at best')
    .option('--as-of <time>', 'the same, on the holdout of a time that has passed, such as 2001-06-04')
    .option('--trained-on <period>', 'the rows that it was fitted on, such as 2001-01-01/2001-02-01')
    .option('--wait', 'wait until the cycle ends, or waits for a person or for rows; exit code 4 if it failed')
    .action(async (model: string, { version, reason, now, asOf, trainedOn, wait }: Options) => {
      const asked = { model, version, reason, now, asOf, trainedOn, wait };
      const answer = await perform(challengeOperation, session.context, asked);
      const { id, status, waitsFor, summary } = answer;
      if (status === 'running' || (status === 'waiting' && waitsFor !== 'person')) {
        const text = () => (waitsFor === 'data' ? `${id}: ${summary}` : `Started ${id}. To see it: reign show ${id}`);
        return tell({ document: answer, text });
      }
      const shown = await perform(showOperation, session.context, { cycle: id });
      tell({
        document: answer,
        text: (look) => shownCycle(shown, look),
        exitCode: status === 'failed' || status === 'cancelled' ? exitCodes.cycleFailed : exitCodes.ok,
      });
    });
