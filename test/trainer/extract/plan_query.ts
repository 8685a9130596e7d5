/** Plans an extract as the worker does: `node plan_query.ts` with `{url, definition, window, asOf}` on standard input. */
import { text } from 'node:stream/consumers';
import { Definition } from '../../../schemas/definition.ts';
import { describeQuery } from '../../../source/describeQuery.ts';
import { planExtract } from '../../../source/planExtract.ts';

const { url, definition, window, asOf } = JSON.parse(await text(process.stdin));
const parsed = Definition.parse(definition);
const described = await describeQuery(url, parsed.source.query);
console.log(JSON.stringify(planExtract({ definition: parsed, described, purpose: 'train', window, asOf })));
