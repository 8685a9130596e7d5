import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { decide } from '../../gate/decide.ts';
import { policyOf } from '../../gate/policyOf.ts';
import { judgementReport } from '../../report/judgement.ts';
import { Evidence } from '../../schemas/evidence.ts';
import type { Tell } from '../answer.ts';
import { knownOfFile } from '../gateTry/knownOfFile.ts';
import { DescribedFile, labelColumn, planTry, type TryOptions, taskChoices } from '../gateTry/planTry.ts';
import { readPolicy } from '../gateTry/readPolicy.ts';
import { renderGateTry } from '../render/gateTry.ts';
import type { Session, Surroundings } from '../session.ts';

export const gateCommand = (session: Session, tell: Tell) =>
  new Command('gate').description('use the gate without a cycle').addCommand(tryCommand(session, tell));

const tryCommand = ({ surroundings, progress }: Session, tell: Tell) =>
  new Command('try')
    .description('judge two columns of predictions in a Parquet or CSV file, without any server')
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
    .addOption(new Option('--task <task>', 'default: inferred from the labels').choices([...taskChoices]))
    .action(async (file: string, { policy: policyFile, ...options }: TryOptions & { policy: string }) => {
      const given = await readPolicy(policyFile);
      progress.at('measuring');
      const described = await ask(
        'describe_file',
        { file: resolve(file), label: labelColumn(options, given) },
        surroundings,
      );
      const planned = planTry(file, given, DescribedFile.parse(described), options);
      const measured = await ask('judge_columns', { ...planned, file: resolve(file) }, surroundings);
      const evidence = Evidence.parse(JSON.parse(String(measured.evidence)));
      const policy = policyOf(planned.definition);
      const verdict = knownOfFile(decide(evidence, policy));
      tell({
        document: { file, policy, verdict, measured: evidence },
        text: ({ paint, width }) => renderGateTry(file, judgementReport({ verdict, evidence, policy }), paint, width),
      });
    });

async function ask(
  program: string,
  question: unknown,
  { openPython, interrupted }: Surroundings,
): Promise<Record<string, unknown>> {
  const python = openPython(`reign_trainer.recompute.${program}`, interrupted);
  try {
    return await python.ask(question);
  } finally {
    await python.close();
  }
}
