import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { showOperation } from '../../operations/show.ts';
import { errorOf, type ReignError } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { cycleName, withCycleArguments } from '../cycleArguments.ts';
import { drawPictures } from '../drawPictures.ts';
import type { Session } from '../session.ts';
import { shownCycle } from '../shownCycle.ts';

export const showCommand = (session: Session, tell: Tell) =>
  withCycleArguments(new Command('show'), {
    meaning: 'its id; or a model: its latest cycle, unless an asOf follows',
  })
    .description(showOperation.description)
    .option('--plots <folder>', 'also write pictures of the evidence to this folder, as PNG')
    .action(async (name: string, asOf: string | undefined, options: { lineage: string; plots?: string }) => {
      const { context, progress, surroundings } = session;
      const shown = await perform(showOperation, context, cycleName(name, asOf, options));
      if (options.plots === undefined) return tell({ document: shown, text: (look) => shownCycle(shown, look) });
      if (shown.measured === null) throw nothingToDraw(shown.id, shown.evidence);
      progress.at('drawing');
      const pictures = await drawPictures(shown.measured, options.plots, surroundings.interrupted);
      tell({
        document: { ...shown, pictures },
        text: (look) => [shownCycle(shown, look), pictures.join('\n')].filter((part) => part !== '').join('\n\n'),
      });
    });

function nothingToDraw(cycle: string, evidence: string | null): ReignError {
  return evidence === null
    ? errorOf('UsageInvalid', 'noEvidence', { cycle })
    : errorOf('StoreUnavailable', 'noEvidence', { evidence });
}
