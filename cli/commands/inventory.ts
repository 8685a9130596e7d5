import { Command } from 'commander';
import { inventoryOperation } from '../../operations/inventory.ts';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { renderCsv } from '../render/csv.ts';
import { renderTable } from '../render/table.ts';
import { dateOf } from '../render/times.ts';
import type { Session } from '../session.ts';

type Model = AnswerOf<typeof inventoryOperation>['models'][number];

export const inventoryCommand = (session: Session, tell: Tell) =>
  new Command('inventory')
    .description(inventoryOperation.description)
    .option('--csv', 'print a table for spreadsheets')
    .action(async ({ csv }: { csv?: boolean }) => {
      const answer = await perform(inventoryOperation, session.context, {});
      const { models } = answer;
      tell({
        document: answer,
        text: ({ paint }) => {
          if (csv) return renderCsv([csvColumns.map(([name]) => name), ...models.map(csvRow)]);
          if (models.length === 0) return 'No model yet. Apply a definition: reign apply FILE';
          const titles = [
            'model',
            'owner',
            'tier',
            'champion',
            'validated',
            'next review',
            'overrides',
            'retired',
            'tags',
          ];
          return renderTable(
            titles.map((title) => ({ title })),
            models.map(shortRow),
            paint,
          );
        },
      });
    });

const shortRow = ({
  model,
  owner,
  tier,
  champion,
  lastValidation,
  nextReview,
  overrides,
  retirement,
  tags,
}: Model): string[] => [
  model,
  owner ?? '',
  tier ?? '',
  champion === null ? 'none yet' : `v${champion.version}, since ${dateOf(champion.since)}`,
  lastValidation === null ? 'never' : `${dateOf(lastValidation.at)}, ${lastValidation.verdict}`,
  nextReview === null ? '' : dateOf(nextReview),
  String(overrides),
  retirement === null ? '' : dateOf(retirement.at),
  tags.join(', '),
];

/** What a spreadsheet gets: every fact in a column of its own, named as in the JSON document. */
const csvColumns: readonly (readonly [string, (model: Model) => string | number | null | undefined])[] = [
  ['model', ({ model }) => model],
  ['definitionVersion', ({ definitionVersion }) => definitionVersion],
  ['champion.version', ({ champion }) => champion?.version],
  ['champion.asOf', ({ champion }) => champion?.asOf],
  ['champion.since', ({ champion }) => champion?.since],
  ['lastValidation.cycle', ({ lastValidation }) => lastValidation?.cycle],
  ['lastValidation.verdict', ({ lastValidation }) => lastValidation?.verdict],
  ['lastValidation.at', ({ lastValidation }) => lastValidation?.at],
  ['lastReview', ({ lastReview }) => lastReview],
  ['nextReview', ({ nextReview }) => nextReview],
  ['retirement.at', ({ retirement }) => retirement?.at],
  ['retirement.reason', ({ retirement }) => retirement?.reason],
  ['overrides', ({ overrides }) => overrides],
  ['owner', ({ owner }) => owner],
  ['tier', ({ tier }) => tier],
  ['intendedUse', ({ intendedUse }) => intendedUse],
  ['tags', ({ tags }) => tags.join('; ')],
];

const csvRow = (model: Model): string[] => csvColumns.map(([, fact]) => String(fact(model) ?? ''));
