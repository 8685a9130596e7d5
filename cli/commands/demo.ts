import { Command } from 'commander';
import { applyOperation } from '../../operations/apply.ts';
import { perform } from '../../operations/operation.ts';
import { pauseScheduleOperation } from '../../operations/pauseSchedule.ts';
import { retrainOperation } from '../../operations/retrain.ts';
import { day } from '../../report/day.ts';
import { osUser } from '../../schemas/actor.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { errorOf, ReignError } from '../../schemas/errors.ts';
import { type Stack, startStack } from '../../stack/stack.ts';
import type { Tell } from '../answer.ts';
import { loadFlights } from '../demo/loadFlights.ts';
import { definitions, model, mostWeeks, weeklyAsOfs } from '../demo/weeks.ts';
import { exitCodes } from '../exitCodes.ts';
import { fired } from '../fired.ts';
import { readDefinitionFolder } from '../readDefinitionFolder.ts';
import { renderVerdictTable } from '../render/verdictTable.ts';
import type { Session } from '../session.ts';

export const demoCommand = (session: Session, tell: Tell) =>
  new Command('demo')
    .description('start everything, retrain on three million real flights week by week, and print the verdicts')
    .option('--weeks <number>', `how many weekly cycles to run, 1 to ${mostWeeks}`, '12')
    .option('--exit', 'stop everything at the end instead of running until Ctrl-C')
    .action(async ({ weeks, exit }: { weeks: string; exit?: boolean }) => {
      const asOfs = weeklyAsOfs(readWeeks(weeks));
      const { env, interrupted, hurried } = session.surroundings;
      session.endsItself = true;
      const say = (line: string) => session.progress.say(line);
      say('Starting Postgres, Temporal, MLflow, a worker and a trainer.');
      const stack = await startStack({ env, report: say, signal: interrupted }).catch((error: unknown) => {
        throw interrupted.aborted ? errorOf('Interrupted', 'starting') : error;
      });
      try {
        if (stack.attached) say('Using the stack that is already running.');
        const cycles = await Promise.race([runWeeks(session, stack, asOfs), endOf(stack)]);
        tell(answerOf(cycles));
        if (exit) return;
        const { ui, temporal, trackerUri } = stack.addresses;
        say(`\nMLflow    ${ui.mlflow ?? trackerUri}\nTemporal  ${ui.temporal ?? temporal.address}`);
        say(`Everything runs until Ctrl-C. In another terminal, try: npm run -s reign -- history ${model}`);
        await Promise.race([fired(interrupted), endOf(stack)]);
      } finally {
        if (!stack.attached) say('Stopping.');
        await Promise.race([stack.stop(), fired(hurried).then(() => stack.stop({ now: true }))]);
      }
    });

function readWeeks(text: string): number {
  const weeks = Number(text);
  if (Number.isInteger(weeks) && weeks >= 1 && weeks <= mostWeeks) return weeks;
  const expected = `expected a whole number from 1 to ${mostWeeks}, because the flights end with June 2001`;
  throw errorOf('UsageInvalid', 'weeks', { found: JSON.stringify(text), expected });
}

/** Warehouse, definitions, then one cycle after the other: each meets the champion that the weeks before left. */
async function runWeeks(session: Session, stack: Stack, asOfs: readonly string[]): Promise<Cycle[]> {
  const { progress, surroundings } = session;
  const context = { ...session.context, actor: osUser('demo') };
  await loadFlights(stack.settings, (line) => progress.say(line), surroundings.interrupted);

  for (const path of definitions) {
    const applied = await perform(applyOperation, context, await readDefinitionFolder(path));
    progress.say(`${applied.model}: definition version ${applied.version}${applied.created ? '' : ', unchanged'}.`);
    // Its times lie after the last flight: each would come to an empty window.
    const paused = { model: applied.model, reason: 'The flights end with June 2001.' };
    if (applied.schedule === 'created') await perform(pauseScheduleOperation, context, paused);
  }

  const cycles: Cycle[] = [];
  for (const asOf of asOfs) {
    const request = { model, asOf, trigger: 'demo', wait: true } as const;
    const answer = await perform(retrainOperation, context, request).catch(unlessOvertaken);
    if (answer === null) {
      progress.say(`${day(asOf)}  skipped: a champion of a later week reigns already.`);
      continue;
    }
    if (!('attempt' in answer)) throw errorOf('Internal', 'unforeseen', { reason: `${answer.id} was not waited for` });
    const { warnings: _, ...cycle } = answer;
    progress.say(`${day(cycle.asOf)}  ${cycle.status}: ${cycle.summary ?? ''}`);
    cycles.push(cycle);
  }
  return cycles;
}

/** A week that failed, or an edited example, may be behind the champion of a later week: its turn is over. */
function unlessOvertaken(error: unknown): null {
  if (error instanceof ReignError && error.code === 'AsOfBeforeChampion') return null;
  throw error;
}

function answerOf(cycles: Cycle[]) {
  const failed = cycles.some(({ status }) => status === 'failed' || status === 'cancelled');
  return {
    document: { cycles },
    text: ({ paint }: { paint: Parameters<typeof renderVerdictTable>[1] }) => `\n${renderVerdictTable(cycles, paint)}`,
    exitCode: failed ? exitCodes.cycleFailed : exitCodes.ok,
  };
}

/** A stack that ends by itself takes the demo with it. */
async function endOf(stack: Stack): Promise<never> {
  const reason = await stack.ended;
  throw reason === undefined ? errorOf('StackFailed', 'ended') : errorOf('StackFailed', 'endedBy', { reason });
}
