import type { OperationContext } from './context.ts';
import { DecisionAnswer, DecisionRequest, decideNamed } from './decideCycle.ts';
import { operation } from './operation.ts';

export const approveOperation = operation({
  name: 'approve',
  description: 'promote the challenger of a cycle that waits for a person, or carry out a proposed rollback',
  request: DecisionRequest,
  answer: DecisionAnswer,
  run: async (context: Pick<OperationContext, 'ledger' | 'tracker' | 'temporal' | 'actor'>, request) =>
    await decideNamed('approve', context, request),
});
