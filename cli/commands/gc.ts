import { Command } from 'commander';
import { counted } from '../../gate/numbers.ts';
import { gcOperation } from '../../operations/gc.ts';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Session } from '../session.ts';

export const gcCommand = (session: Session, tell: Tell) =>
  new Command('gc')
    .description(gcOperation.description)
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--older-than <duration>', 'keep what is younger, such as P30D, which is the default')
    .addHelpText('after', '\nWhat reign verify needs is never removed.')
    .action(async ({ dryRun, olderThan }: { dryRun?: boolean; olderThan?: string }) => {
      const answer = await perform(gcOperation, session.context, { dryRun, olderThan });
      tell({
        document: answer,
        text: () => textOf(answer),
        exitCode: answer.unchecked.length === 0 ? exitCodes.ok : exitCodes.unreachable,
      });
    });

function textOf(answer: AnswerOf<typeof gcOperation>): string {
  const { dryRun, olderThan, features, withoutRowIds, removed, bytes, runs, strays, unchecked } = answer;
  const notes = unchecked.map(({ part, reason }) => `${part} could not be cleaned completely: ${reason}`);
  if (strays.length > 0)
    notes.push(`Reign did not write this, and leaves it: ${strays.map((path) => JSON.stringify(path)).join(', ')}`);
  if (withoutRowIds > 0)
    notes.push(
      `${counted(withoutRowIds, 'snapshot')} whose retention has passed: row ids are not stored apart yet. A trainer does that in the next reconcile, and the one after that removes the features.`,
    );
  const lines = [...byRetention(features)].map(
    ([rule, all]) => `features of ${rule}: ${counted(all.length, 'snapshot')}, ${sizeOf(bytesOf(all))}`,
  );
  lines.push(...removed.map((one) => `${one.folder}: ${counted(one.objects, 'object')}, ${sizeOf(one.bytes)}`));
  if (runs > 0) lines.push(`MLflow: ${counted(runs, 'run')}`);
  if (lines.length === 0) {
    const nothing =
      unchecked.length === 0
        ? `Nothing to remove: what is older than ${olderThan} is still needed.`
        : 'Nothing was removed.';
    return [...notes, nothing].join('\n');
  }
  const total = dryRun ? `Would free ${sizeOf(bytes)}. Nothing was removed.` : `Freed ${sizeOf(bytes)}.`;
  return [...notes, ...lines, total].join('\n');
}

type Features = AnswerOf<typeof gcOperation>['features'];

/** `flight-delay (retention P90D)`, and what it leads to. */
const byRetention = (features: Features) =>
  Map.groupBy(features, ({ uses }) =>
    uses.map(({ model, retention }) => `${model} (retention ${retention})`).join(' and '),
  );

const bytesOf = (all: Features): number => all.reduce((sum, { bytes }) => sum + bytes, 0);

const sizeOf = (bytes: number): string =>
  bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;
