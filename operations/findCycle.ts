import { cycleById, cyclesOf } from '../ledger/cycles.ts';
import { latestDefinition } from '../ledger/definitions.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import type { Cycle } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import type { CycleName } from './cycleName.ts';
import { knownModel } from './knownModel.ts';
import { parseAsOf } from './parseAsOf.ts';

/**
 * A cycle by its id, or of a model's lineage by its asOf: where several definition versions had one, the newest.
 *
 * @throws ReignError CycleUnknown, ModelUnknown, AsOfInvalid
 */
export async function findCycle(ledger: Ledger, { cycle, asOf, lineage }: CycleName): Promise<Cycle> {
  return asOf === undefined ? await byId(ledger, cycle) : await byAsOf(ledger, cycle, lineage, parseAsOf(asOf));
}

/**
 * The same; a model's name alone means its latest cycle: of the newest asOf, and there of the newest definition version.
 *
 * @throws ReignError CycleUnknown, ModelUnknown, AsOfInvalid
 */
export async function findCycleOrLatest(ledger: Ledger, name: CycleName): Promise<Cycle> {
  const { cycle: model, asOf, lineage } = name;
  const isModel = asOf === undefined && (await latestDefinition(ledger.db, model)) !== undefined;
  if (!isModel) return await findCycle(ledger, name);
  const [latest] = await cyclesOf(ledger.db, model, { lineage, limit: 1 });
  if (latest !== undefined) return latest;
  throw errorOf('CycleUnknown', 'noneYet', { model, lineage });
}

async function byId({ db }: Ledger, id: string): Promise<Cycle> {
  const cycle = await cycleById(db, id);
  if (cycle !== undefined) return cycle;
  const isModel = (await latestDefinition(db, id)) !== undefined;
  const hint = isModel ? `; of the model ${id}, give an asOf too` : '';
  throw errorOf('CycleUnknown', 'noId', { id: JSON.stringify(id.slice(0, 200)), hint });
}

async function byAsOf(ledger: Ledger, model: string, lineage: string, asOf: string): Promise<Cycle> {
  await knownModel(ledger, model);
  const [newest] = await cyclesOf(ledger.db, model, { lineage, asOf });
  if (newest !== undefined) return newest;
  throw errorOf('CycleUnknown', 'noAsOf', { model, asOf });
}
