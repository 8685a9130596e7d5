/** Plans extracts as the worker does: per line of standard input `{url, definition, window, asOf}`, per line of output a plan. */
import { createInterface } from 'node:readline';
import { Definition } from '../../../../schemas/definition.ts';
import { describeQuery } from '../../../../source/describeQuery.ts';
import { planExtract } from '../../../../source/planExtract.ts';

for await (const line of createInterface({ input: process.stdin })) {
  const { url, definition, window, asOf } = JSON.parse(line);
  const parsed = Definition.parse(definition);
  const described = await describeQuery(url, parsed.source.query);
  console.log(JSON.stringify(planExtract({ definition: parsed, described, purpose: 'train', window, asOf })));
}
