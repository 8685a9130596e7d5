import { z } from 'zod';
import { decide } from '../gate/decide.ts';
import { policyOf } from '../gate/policyOf.ts';
import { judgementReport } from '../report/judgement.ts';
import { Evidence } from '../schemas/evidence.ts';
import { Policy } from '../schemas/policy.ts';
import { JudgementReport } from '../schemas/report.ts';
import { Verdict } from '../schemas/verdict.ts';
import type { OperationContext } from './context.ts';
import { knownOfFile } from './gateTry/knownOfFile.ts';
import { parsePolicy } from './gateTry/parsePolicy.ts';
import { DescribedFile, labelColumn, planTry, TryOptions } from './gateTry/planTry.ts';
import { operation } from './operation.ts';

type Needs = Pick<OperationContext, 'python' | 'onEvent'>;

export const gateTryOperation = operation({
  name: 'gate-try',
  description: 'judge two columns of predictions in a Parquet or CSV file, without any server',
  request: z.strictObject({
    /** A path, because predictions may be too large for a request. A caller that has bytes writes them to a file first. */
    predictions: z.strictObject({
      /** What messages call the file. */
      name: z.string().min(1),
      /** Where this process can read it. */
      file: z.string().min(1),
    }),
    policy: z.strictObject({ name: z.string().min(1), yaml: z.string() }),
    options: TryOptions.default({}),
  }),
  answer: z.strictObject({
    file: z.string(),
    policy: Policy,
    verdict: Verdict,
    /** The evidence. */
    measured: Evidence,
    /** What is to be said about it, as messages with their values. */
    report: JudgementReport,
  }),
  run: async (
    { python, onEvent }: Needs,
    { predictions: { name, file }, policy: { name: policyName, yaml }, options },
  ) => {
    const given = parsePolicy(policyName, yaml);
    onEvent({ kind: 'step', step: 'measuring', detail: '' });
    const described = await ask(python, 'describe_file', { file, label: labelColumn(options, given) });
    const planned = planTry(name, given, DescribedFile.parse(described), options);
    const judged = await ask(python, 'judge_columns', { ...planned, file });
    const measured = Evidence.parse(JSON.parse(String(judged.evidence)));
    const policy = policyOf(planned.definition);
    const verdict = knownOfFile(decide(measured, policy));
    return { file: name, policy, verdict, measured, report: judgementReport({ verdict, evidence: measured, policy }) };
  },
});

async function ask(python: Needs['python'], program: string, question: unknown): Promise<Record<string, unknown>> {
  const running = python(`reign_trainer.recompute.${program}`);
  try {
    return await running.ask(question);
  } finally {
    await running.close();
  }
}
