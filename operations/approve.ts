import type { OperationContext } from './context.ts';
import { DecisionAnswer, DecisionRequest, decideCycle } from './decideCycle.ts';
import { operation } from './operation.ts';

export const approveOperation = operation({
  name: 'approve',
  description: 'promote the challenger of a cycle that waits for a person',
  request: DecisionRequest,
  answer: DecisionAnswer,
  run: async (context: Pick<OperationContext, 'ledger' | 'temporal' | 'actor'>, request) =>
    await decideCycle('approve', context, request),
});
