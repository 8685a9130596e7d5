import type { OperationContext } from './context.ts';
import { DecisionAnswer, DecisionRequest, decideCycle } from './decideCycle.ts';
import { operation } from './operation.ts';

export const rejectOperation = operation({
  name: 'reject',
  description: 'keep the champion where a cycle waits for a person',
  request: DecisionRequest,
  answer: DecisionAnswer,
  run: async (context: Pick<OperationContext, 'ledger' | 'temporal' | 'actor'>, request) =>
    await decideCycle('reject', context, request),
});
