import { Command, InvalidArgumentError } from 'commander';
import { perform } from '../../operations/operation.ts';
import { tryOperation } from '../../operations/try.ts';
import type { Tell } from '../answer.ts';
import { wholeNumber } from '../numberArguments.ts';
import { readDefinitionFolder } from '../readDefinitionFolder.ts';
import { renderTry } from '../render/try.ts';
import type { Session } from '../session.ts';

export const tryCommand = (session: Session, tell: Tell) =>
  new Command('try')
    .description(tryOperation.description)
    .argument('<file>', 'the definition (YAML)')
    .option('--as-of <time>', 'a date (midnight UTC) or a time with a zone; default: the last midnight in UTC')
    .option('--rows <n>', 'use at most this many rows of each window', wholeNumber)
    .option(
      '--against <who>',
      'what to compare with: champion, none (the trivial predictor) or a version number',
      opponent,
      'champion',
    )
    .action(async (file: string, { asOf, rows, against }: { asOf?: string; rows?: number; against: Against }) => {
      const definition = await readDefinitionFolder(file);
      const answer = await perform(tryOperation, session.context, { definition, asOf, rows, against });
      tell({
        document: answer,
        text: ({ paint }) => renderTry({ ...answer, result: answer, evidence: answer.measured }, paint),
      });
    });

type Against = 'champion' | 'none' | number;

function opponent(text: string): Against {
  if (text === 'champion' || text === 'none') return text;
  if (!/^v?[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('expected champion, none or the number of a version');
  return Number(text.replace('v', ''));
}
