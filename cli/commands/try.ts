import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { type ReadDefinition, readDefinition } from '../../definition/readDefinition.ts';
import { ReignError } from '../../schemas/errors.ts';
import { trainerQueue, workerQueue } from '../../schemas/queues.ts';
import type { TryRequest, TryResult } from '../../schemas/steps.ts';
import type { CodePack } from '../../store/packCode.ts';
import type { Tell } from '../answer.ts';
import { authorTraceback } from '../authorTraceback.ts';
import { CommandError } from '../commandError.ts';
import { exitCodeOf, exitCodes } from '../exitCodes.ts';
import { awaitWorker, cancelled, followWorkflow, type Standing } from '../followWorkflow.ts';
import { packDefinition } from '../packDefinition.ts';
import { parseAsOf } from '../parseAsOf.ts';
import { placeInDefinition } from '../placeInDefinition.ts';
import { renderTry } from '../render/try.ts';
import type { Session } from '../session.ts';
import { readEvidence } from '../storedDocuments.ts';
import { toReignError } from '../toReignError.ts';
import { WorkflowError } from '../workflowError.ts';

export const tryCommand = (session: Session, tell: Tell) =>
  new Command('try')
    .description('show what a cycle of this definition would decide, without writing to the ledger or the registry')
    .argument('<file>', 'the definition (YAML)')
    .option('--as-of <time>', 'a date (midnight UTC) or a time with a zone; default: the last midnight in UTC')
    .option('--rows <n>', 'use at most this many rows of each window', wholeNumber)
    .option(
      '--against <who>',
      'what to compare with: champion, none (the trivial predictor) or a version number',
      opponent,
      'champion',
    )
    .action(async (file: string, options: { asOf?: string; rows?: number; against: Against }) => {
      const { surroundings, progress, store } = session;
      const read = await readDefinition(file);
      const asOf = asOfOf(options.asOf, surroundings.now());
      const pack = await packDefinition(store, read);
      const client = await session.client();
      const follow = {
        onStanding: ({ step, detail, waits, beside }: Standing) => progress.at(step, detail, waits, beside),
        signal: surroundings.interrupted,
      };
      await awaitWorker(client, workerQueue, follow);
      await awaitWorker(client, trainerQueue, follow);

      const id = `try.${read.definition.model}.${randomUUID()}`;
      const { definition } = read;
      const request: TryRequest = {
        definition,
        codeHash: pack?.hash ?? null,
        asOf,
        rows: options.rows ?? null,
        id,
        against: options.against,
      };
      const args = [request];
      const handle = await client.workflow.start('tryDefinition', { taskQueue: workerQueue, workflowId: id, args });
      const result = await followWorkflow<TryResult>(handle, follow).catch(async (error: unknown) => {
        if (surroundings.interrupted.aborted) throw await cancelled(handle, 'the try');
        throw await explained(toReignError(error), read, pack, session);
      });
      const evidence = await readEvidence(store, result.evidence);
      tell({
        document: { model: definition.model, asOf, ...result, measured: evidence },
        text: ({ paint }) => renderTry({ model: definition.model, asOf, result, evidence }, paint),
      });
    });

function asOfOf(given: string | undefined, now: Date): string {
  if (given === undefined) return parseAsOf(now.toISOString().slice(0, 10));
  const asOf = parseAsOf(given);
  if (Date.parse(asOf) > now.getTime()) throw new ReignError('AsOfInFuture', `asOf ${asOf} lies in the future`);
  return asOf;
}

/** With the place in the definition, and the traceback cut to the author's lines. */
async function explained(error: ReignError, read: ReadDefinition, pack: CodePack | null, { store }: Session) {
  if (error.code === 'Interrupted') return error;
  const hash = error instanceof WorkflowError ? error.detail?.traceback : undefined;
  const full = hash == null ? undefined : await store.readDocument('tracebacks', hash).catch(() => undefined);
  const traceback = full === undefined ? [] : authorTraceback(full.toString('utf8'), pack?.files ?? {});
  const placed = toReignError(placeInDefinition(error, read));
  // The try itself failed; that something could not be reached stays what it is.
  const code = exitCodeOf(error.code);
  const exitCode = code === exitCodes.badInput ? exitCodes.cycleFailed : code;
  return new CommandError(placed.code, placed.message, { exitCode, traceback, cause: error });
}

type Against = NonNullable<TryRequest['against']>;

function opponent(text: string): Against {
  if (text === 'champion' || text === 'none') return text;
  if (!/^v?[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('expected champion, none or the number of a version');
  return Number(text.replace('v', ''));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number above zero');
  return Number(text);
}
