import { Command } from 'commander';
import { cyclesOf } from '../../ledger/cycles.ts';
import { decidingChecks } from '../../ledger/judgements.ts';
import type { Tell } from '../answer.ts';
import { knownModel } from '../knownModel.ts';
import { formatAsOf } from '../render/times.ts';
import { renderVerdictTable } from '../render/verdictTable.ts';
import { retriesOf, retryLine } from '../retries.ts';
import type { Session } from '../session.ts';

export const cyclesCommand = (session: Session, tell: Tell) =>
  new Command('cycles')
    .description('list the cycles of a model, oldest asOf first')
    .argument('<model>', 'such as flight-delay')
    .action(async (model: string) => {
      await knownModel(session.ledger, model);
      const cycles = [...(await cyclesOf(session.ledger.db, model))].sort(
        (a, b) => a.asOf.localeCompare(b.asOf) || a.definitionVersion - b.definitionVersion,
      );
      const deciding = await decidingChecks(session.ledger.db, model);
      const running = cycles.filter(({ endedAt }) => endedAt === null);
      const retries = new Map<string, readonly string[]>();
      for (const cycle of running) retries.set(cycle.id, (await retriesOf(session, cycle)).map(retryLine));
      const lines = running.flatMap(({ id, asOf }) =>
        (retries.get(id) ?? []).map((line) => `${formatAsOf(asOf)}  ${line}`),
      );
      const tried = lines.length === 0 ? '' : `\n\n${lines.join('\n')}`;
      tell({
        document: { model, cycles, deciding: Object.fromEntries(deciding) },
        text: ({ paint }) =>
          cycles.length === 0
            ? `${model} has no cycle yet. Start one: reign retrain ${model} --as-of T --wait`
            : `${renderVerdictTable(cycles, paint, deciding)}${tried}\n\n${paint('dim', `One of them in full: reign show ${cycles.at(-1)?.id ?? 'CYCLE'}`)}`,
      });
    });
