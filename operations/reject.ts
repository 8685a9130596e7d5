import type { OperationContext } from './context.ts';
import { DecisionAnswer, DecisionRequest, decideNamed } from './decideCycle.ts';
import { operation } from './operation.ts';

export const rejectOperation = operation({
  name: 'reject',
  description: 'keep the champion where a cycle waits for a person, or a rollback is proposed',
  request: DecisionRequest,
  answer: DecisionAnswer,
  run: async (context: Pick<OperationContext, 'ledger' | 'tracker' | 'temporal' | 'actor'>, request) =>
    await decideNamed('reject', context, request),
});
