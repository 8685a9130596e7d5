import type { CheckDefinitionRequest, CheckedDefinition } from '../schemas/steps.ts';
import { promptControl as control, promptTrainer as trainer } from './proxies.ts';

/** What can be checked before a cycle runs: the query against the warehouse, the pipeline in the trainer's environment. */
export async function checkDefinition({ definition, codeHash }: CheckDefinitionRequest): Promise<CheckedDefinition> {
  const columns = await control.describeSource(definition);
  const pipeline = await trainer.checkPipeline({ definition, codeHash, columns });
  return { columns, pipeline };
}
