import { Command, Option } from 'commander';
import { beginBackfillOperation, planBackfillOperation } from '../../operations/backfill/begin.ts';
import {
  cancelBackfillOperation,
  pauseBackfillOperation,
  resumeBackfillOperation,
  retryBackfillOperation,
} from '../../operations/backfill/change.ts';
import { listBackfillsOperation } from '../../operations/backfill/list.ts';
import { showBackfillOperation } from '../../operations/backfill/show.ts';
import type { BackfillShown } from '../../operations/backfill/shown.ts';
import { perform } from '../../operations/operation.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { exitCodes } from '../exitCodes.ts';
import { wholeNumber } from '../numberArguments.ts';
import { renderBackfill, renderBackfills, renderPlan } from '../render/backfill.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly every?: string;
  readonly schedule?: boolean;
  readonly parallel?: number;
  readonly definition?: number;
  readonly startFrom?: string;
  readonly stopOnFailure?: boolean;
  readonly name?: string;
  readonly dryRun?: boolean;
  readonly plan?: string;
  readonly wait?: boolean;
  readonly reason?: string;
}

export const backfillCommand = (session: Session, tell: Tell) =>
  new Command('backfill')
    .description(beginBackfillOperation.description)
    // --reason and --wait are options of the actions too.
    .enablePositionalOptions()
    .argument('<model>', 'such as flight-delay')
    .option('--from <time>', 'the first asOf: a date (midnight UTC) or a time with a zone')
    .option('--to <time>', 'the last asOf (included)')
    .option('--every <duration>', 'the distance between the dates, such as P7D')
    .option('--schedule', "the dates are the times of the definition's schedule, which is the default")
    .option('--parallel <n>', 'how many dates are prepared at once. Default: 2', wholeNumber)
    .option('--definition <version>', 'the version of the definition. Default: the newest', wholeNumber)
    .option(
      '--start-from <champion>',
      'who reigns at first: none (the default), live (whom the live cycles before --from led to) or the number of a version',
    )
    .option('--stop-on-failure', 'end when a date fails. Default: the others go on')
    .option('--name <name>', 'of its line of champions. Default: backfill-1, backfill-2 and so on')
    .option('--dry-run', 'store and show the plan, and begin nothing')
    .addOption(
      new Option('--plan <id>', 'begin what a dry run has stored').conflicts(['from', 'to', 'every', 'dryRun']),
    )
    .option('--wait', 'wait until every date has ended; exit code 4 if one failed')
    .option('--reason <text>', 'why; required, but for a dry run')
    .option('--json', 'print one JSON document')
    .action(async (model: string, options: Options) => {
      const { dryRun = false, plan, reason, wait } = options;
      if (dryRun) {
        const planned = await perform(planBackfillOperation, session.context, asked(model, options));
        return tell({ document: planned, text: ({ paint }) => renderPlan(planned, paint) });
      }
      if (reason === undefined) throw errorOf('UsageInvalid', 'command', { problem: 'expected --reason TEXT' });
      const of = plan === undefined ? asked(model, options) : { plan: planId(model, plan) };
      tellShown(tell, await perform(beginBackfillOperation, session.context, { of, reason, wait }));
    })
    .addCommand(listCommand(session, tell))
    .addCommand(showCommand(session, tell))
    .addCommand(changeCommand(session, tell, 'pause', pauseBackfillOperation))
    .addCommand(changeCommand(session, tell, 'resume', resumeBackfillOperation))
    .addCommand(changeCommand(session, tell, 'cancel', cancelBackfillOperation))
    .addCommand(changeCommand(session, tell, 'retry', retryBackfillOperation));

function asked(model: string, { from, to, every, schedule, ...options }: Options) {
  const { parallel, definition, startFrom, stopOnFailure, name } = options;
  if (from === undefined || to === undefined)
    throw errorOf('UsageInvalid', 'command', { problem: 'expected --from TIME and --to TIME, or --plan ID' });
  if (every !== undefined && schedule === true)
    throw errorOf('UsageInvalid', 'command', { problem: 'expected --every or --schedule, found both' });
  return { model, from, to, every: every ?? null, parallel, definition, startFrom, stopOnFailure, name };
}

/** The id of a plan begins with the model, so that `--plan` of another model is a mistake. */
function planId(model: string, plan: string): string {
  if (plan.startsWith(`${model}.`)) return plan;
  throw errorOf('UsageInvalid', 'command', { problem: `found the plan ${plan}, which is not one of ${model}` });
}

const listCommand = (session: Session, tell: Tell) =>
  new Command('list')
    .description(listBackfillsOperation.description)
    .argument('[model]', 'Default: every model')
    .action(async (model: string | undefined) => {
      const listed = await perform(listBackfillsOperation, session.context, { model: model ?? null });
      tell({ document: listed, text: ({ paint }) => renderBackfills(listed.backfills, paint) });
    });

const showCommand = (session: Session, tell: Tell) =>
  new Command('show')
    .description(showBackfillOperation.description)
    .argument('<id>', 'such as flight-delay.backfill-1')
    .action(async (id: string) => {
      const shown = await perform(showBackfillOperation, session.context, { id });
      tell({
        document: shown,
        text: ({ paint }) => (shown.status === 'planned' ? renderPlan(shown, paint) : renderBackfill(shown, paint)),
      });
    });

const changeCommand = (session: Session, tell: Tell, name: string, operation: typeof pauseBackfillOperation) =>
  new Command(name)
    .description(operation.description)
    .argument('<id>', 'such as flight-delay.backfill-1')
    .requiredOption('--reason <text>', 'why; recorded in the ledger')
    .option('--wait', 'wait until nothing of it runs any more; exit code 4 if a date failed')
    .action(async (id: string, options: { reason: string; wait?: boolean }) => {
      tellShown(tell, await perform(operation, session.context, { id, ...options }));
    });

function tellShown(tell: Tell, shown: BackfillShown): void {
  const failed = shown.endedAt !== null && (shown.status !== 'done' || shown.counts.failed > 0);
  tell({
    document: shown,
    text: ({ paint }) => renderBackfill(shown, paint),
    exitCode: failed ? exitCodes.cycleFailed : exitCodes.ok,
  });
}
