import { z } from 'zod';
import { describeChanges } from '../definition/describeChanges.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { comparisonReport } from '../report/comparison.ts';
import type { Cycle } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { ComparisonReport } from '../schemas/report.ts';
import type { OperationContext } from './context.ts';
import { CycleName } from './cycleName.ts';
import { definitionWithCode } from './definitionWithCode.ts';
import { operation, perform } from './operation.ts';
import { showOperation } from './show.ts';

type Needs = Pick<OperationContext, 'ledger' | 'store' | 'temporal'>;

export const compareOperation = operation({
  name: 'compare',
  description: 'compare two cycles: their windows, versions, metrics, checks and definitions',
  request: z.strictObject({ one: CycleName, other: CycleName }),
  answer: z.strictObject({
    /** Each as `show` answers it. */
    one: showOperation.answer,
    other: showOperation.answer,
    /** How the definition of the other differs from that of the one, a line each. */
    changes: z.array(z.string()),
    report: ComparisonReport,
  }),
  run: async (context: Needs, { one: first, other: second }) => {
    const one = await perform(showOperation, context, first);
    const other = await perform(showOperation, context, second);
    const changes = describeChanges(await definitionOf(context, one), await definitionOf(context, other));
    return { one, other, changes, report: comparisonReport(one.report, other.report) };
  },
});

async function definitionOf({ ledger, store }: Needs, { model, definitionVersion: version }: Cycle) {
  const stored = await definitionVersion(ledger.db, model, version);
  if (stored === undefined) throw errorOf('LedgerConflict', 'definitionLost', { model, version });
  return await definitionWithCode(store, stored);
}
