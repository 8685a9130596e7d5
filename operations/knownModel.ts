import { latestDefinition, models } from '../ledger/definitions.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import { errorOf } from '../schemas/errors.ts';
import { nearest } from '../schemas/nearest.ts';

/** The newest definition of a model. Throws ModelUnknown, with the name that was probably meant. */
export async function knownModel({ db }: Ledger, model: string) {
  const latest = await latestDefinition(db, model);
  if (latest !== undefined) return latest;
  const names = (await models(db)).map(({ model: name }) => name);
  const meant = nearest(model, names);
  const hint =
    names.length === 0 ? '' : meant === undefined ? `; known: ${names.join(', ')}` : `; did you mean ${meant}?`;
  throw errorOf('ModelUnknown', 'notNamed', { model: JSON.stringify(model.slice(0, 63)), hint });
}
