import { Command } from 'commander';
import { compareOperation } from '../../operations/compare.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { cycleName, lineageOption } from '../cycleArguments.ts';
import { renderComparison } from '../render/comparison.ts';
import type { Session } from '../session.ts';

export const compareCommand = (session: Session, tell: Tell) =>
  new Command('compare')
    .description(compareOperation.description)
    .argument('<cycle>', 'the id of a cycle; or a model, followed by two asOfs')
    .argument('<other>', 'the id of the other cycle, or an asOf of the model')
    .argument('[otherAsOf]', 'the other asOf of the model')
    .addOption(lineageOption())
    .addHelpText('after', '\nreign compare MODEL ASOF ASOF compares two cycles of one model.')
    .action(async (cycle: string, other: string, otherAsOf: string | undefined, options: { lineage: string }) => {
      const answer = await perform(
        compareOperation,
        session.context,
        otherAsOf === undefined
          ? { one: cycleName(cycle, undefined, options), other: cycleName(other, undefined, options) }
          : { one: cycleName(cycle, other, options), other: cycleName(cycle, otherAsOf, options) },
      );
      tell({ document: answer, text: ({ paint, width }) => renderComparison(answer, paint, width) });
    });
