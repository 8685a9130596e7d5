import { pastObservations } from '../ledger/observations.ts';
import { pastEvidence } from '../ledger/pastJudgements.ts';
import type { Definition } from '../schemas/definition.ts';
import { Evidence } from '../schemas/evidence.ts';
import type { Past } from '../schemas/steps.ts';
import type { Store } from '../store/openStore.ts';
import { readEvidence } from './readEvidence.ts';
import type { World } from './world.ts';

interface CycleToCome {
  readonly model: string;
  readonly lineage: string;
  readonly asOf: string;
  readonly definition: Definition;
}

/** What earlier cycles of the lineage left behind. What is no longer in the store is left out. */
export async function past(
  { ledger: { db }, store }: World,
  { model, lineage, asOf, definition }: CycleToCome,
): Promise<Past> {
  const evidence = await stored(await pastEvidence(db, model, lineage, asOf), (hash) => isReadable(store, hash));
  const observations = await stored(await pastObservations(db, model, lineage, asOf), (hash) =>
    store.hasDocument('observations', hash),
  );
  const [last] = evidence;
  const lastPredictions = last === undefined ? null : await comparablePredictions(store, last, definition);
  return { evidence, observations, lastPredictions };
}

/** Whether the evidence is there, in the format of this release. */
async function isReadable(store: Store, hash: string): Promise<boolean> {
  if (!(await store.hasDocument('evidence', hash))) return false;
  return Evidence.safeParse(JSON.parse((await store.readDocument('evidence', hash)).toString('utf8'))).success;
}

/** Stored labels are positions in the list of classes: with another list they say something else. */
async function comparablePredictions(store: Store, evidence: string, { label }: Definition): Promise<string | null> {
  const { classes, challenger } = await readEvidence(store, evidence);
  if (JSON.stringify(classes) !== JSON.stringify(label?.classes ?? null) || challenger.predictions === null)
    return null;
  return (await store.hasRows('predictions', challenger.predictions)) ? challenger.predictions : null;
}

async function stored(hashes: readonly string[], isThere: (hash: string) => Promise<boolean>): Promise<string[]> {
  const there = await Promise.all(hashes.map(isThere));
  return hashes.filter((_, at) => there[at]);
}
