import { Command } from 'commander';
import { cycleById, cyclesOf } from '../../ledger/cycles.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { ReignError } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { knownModel } from '../knownModel.ts';
import { parseAsOf } from '../parseAsOf.ts';
import { readEvidence } from '../readEvidence.ts';
import { renderCycle } from '../render/cycle.ts';
import type { Session } from '../session.ts';

export const showCommand = (session: Session, tell: Tell) =>
  new Command('show')
    .description('show one cycle: what was judged, on which rows, what was decided and why')
    .argument('<cycle>', 'its id, or a model together with an asOf')
    .argument('[asOf]', 'the asOf of a cycle of the live lineage, such as 2001-02-12')
    .action(async (name: string, asOf?: string) => {
      const cycle = asOf === undefined ? await byId(session, name) : await byAsOf(session, name, parseAsOf(asOf));
      const judgements = await judgementsOf(session.ledger.db, cycle.id);
      const evidence = cycle.evidence === null ? null : await readEvidence(session.store, cycle.evidence);
      tell({
        document: { ...cycle, judgements, measured: evidence },
        text: ({ paint }) => renderCycle({ cycle, judgements, evidence }, paint),
      });
    });

async function byId({ ledger }: Session, id: string): Promise<Cycle> {
  const cycle = await cycleById(ledger.db, id);
  if (cycle !== undefined) return cycle;
  throw new ReignError('CycleUnknown', `no cycle has the id ${JSON.stringify(id.slice(0, 200))}`);
}

/** Where several definition versions had a cycle for it, the newest. */
async function byAsOf({ ledger }: Session, model: string, asOf: string): Promise<Cycle> {
  await knownModel(ledger, model);
  const cycles = await cyclesOf(ledger.db, model);
  const found = cycles
    .filter((cycle) => cycle.lineage === 'live' && cycle.asOf === asOf)
    .sort((a, b) => b.definitionVersion - a.definitionVersion);
  if (found[0] !== undefined) return found[0];
  throw new ReignError('CycleUnknown', `${model} has no cycle for ${asOf}`);
}
