import { pastObservations } from '../ledger/observations.ts';
import { pastEvidence } from '../ledger/pastJudgements.ts';
import type { Past } from '../schemas/steps.ts';
import { readEvidence } from './readEvidence.ts';
import type { World } from './world.ts';

/** What earlier cycles of the lineage left behind. What is no longer in the store is left out. */
export async function past(
  { ledger: { db }, store }: World,
  { model, lineage, asOf }: { model: string; lineage: string; asOf: string },
): Promise<Past> {
  const evidence = await stored(await pastEvidence(db, model, lineage, asOf), (hash) =>
    store.hasDocument('evidence', hash),
  );
  const observations = await stored(await pastObservations(db, model, lineage, asOf), (hash) =>
    store.hasDocument('observations', hash),
  );
  const [last] = evidence;
  const predictions = last === undefined ? null : (await readEvidence(store, last)).challenger.predictions;
  const lastPredictions =
    predictions !== null && (await store.hasRows('predictions', predictions)) ? predictions : null;
  return { evidence, observations, lastPredictions };
}

async function stored(hashes: readonly string[], isThere: (hash: string) => Promise<boolean>): Promise<string[]> {
  const there = await Promise.all(hashes.map(isThere));
  return hashes.filter((_, at) => there[at]);
}
