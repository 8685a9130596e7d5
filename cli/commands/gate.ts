import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { TryOptions } from '../../operations/gateTry/planTry.ts';
import { gateTryOperation } from '../../operations/gateTry.ts';
import { perform } from '../../operations/operation.ts';
import { errorOf } from '../../schemas/errors.ts';
import { tasks } from '../../schemas/metrics.ts';
import type { Tell } from '../answer.ts';
import { renderGateTry } from '../render/gateTry.ts';
import type { Session } from '../session.ts';

export const gateCommand = (session: Session, tell: Tell) =>
  new Command('gate').description('use the gate without a cycle').addCommand(tryCommand(session, tell));

const tryCommand = (session: Session, tell: Tell) =>
  new Command('try')
    .description(gateTryOperation.description)
    .argument('<file>', 'the predictions, as CSV or Parquet')
    .requiredOption('--policy <file>', 'a YAML file with a mapping `gate`, or a whole definition')
    .option('--label <column>', 'the true value; default: label')
    .option('--challenger <column>', "the challenger's prediction; default: challenger")
    .option('--champion <column>', "the champion's prediction, or none for the trivial predictor; default: champion")
    .option(
      '--cluster <column>',
      'rows with the same value are not independent (repeat for two columns), or none; default: the day of the event time',
      (column: string, before: readonly string[] = []) => [...before, column],
    )
    .option('--event-time <column>', 'when the event happened; default: event_time')
    .option('--weight <column>', 'importance weights')
    .option('--positive <value>', 'the label that the score is the probability of')
    .addOption(new Option('--task <task>', 'default: inferred from the labels').choices([...tasks]))
    .action(async (file: string, { policy, ...options }: TryOptions & { policy: string; json?: boolean }) => {
      const { json: _, ...asked } = options;
      const answer = await perform(gateTryOperation, session.context, {
        predictions: { name: file, file: resolve(file) },
        policy: { name: policy, yaml: await readPolicy(policy) },
        options: asked,
      });
      tell({ document: answer, text: ({ paint, width }) => renderGateTry(file, answer.report, paint, width) });
    });

async function readPolicy(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const problem =
      error.code === 'ENOENT' ? 'found no such file' : `cannot be read (${error.code ?? 'unknown error'})`;
    throw errorOf('UsageInvalid', 'policyUnreadable', { file: path, problem }, { cause: error });
  });
}
