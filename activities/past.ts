import { pastObservations } from '../ledger/observations.ts';
import { pastEvidence } from '../ledger/pastJudgements.ts';
import type { Definition } from '../schemas/definition.ts';
import { ReignError } from '../schemas/errors.ts';
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

/** What earlier cycles of the lineage left behind. What is no longer in the store, or damaged there, is left out. */
export async function past(
  { ledger: { db }, store }: World,
  { model, lineage, asOf, definition }: CycleToCome,
): Promise<Past> {
  const evidence = await stored(await pastEvidence(db, model, lineage, asOf), (hash) => isReadable(store, hash));
  const observations = await stored(
    await pastObservations(db, model, lineage, asOf),
    async (hash) => (await readWhole(store, 'observations', hash)) !== null,
  );
  const [last] = evidence;
  const lastPredictions = last === undefined ? null : await comparablePredictions(store, last, definition);
  return { evidence, observations, lastPredictions };
}

/** Whether the evidence is there, in the format of this release. */
async function isReadable(store: Store, hash: string): Promise<boolean> {
  const content = await readWhole(store, 'evidence', hash);
  return content !== null && Evidence.safeParse(JSON.parse(content)).success;
}

/** Null where it is missing or damaged: what is history only is not worth failing a cycle for. */
async function readWhole(store: Store, kind: 'evidence' | 'observations', hash: string): Promise<string | null> {
  try {
    return (await store.readDocument(kind, hash)).toString('utf8');
  } catch (error) {
    if (error instanceof ReignError && error.code === 'StoreCorrupt') return null;
    throw error;
  }
}

/** Stored labels are positions in the list of classes: with another list they say something else. */
async function comparablePredictions(store: Store, evidence: string, { label }: Definition): Promise<string | null> {
  const { classes, challenger } = await readEvidence(store, evidence);
  if (JSON.stringify(classes) !== JSON.stringify(label?.classes ?? null) || challenger.predictions === null)
    return null;
  const { predictions } = challenger;
  if (!(await store.hasRows('predictions', predictions))) return null;
  try {
    await store.rowsPath('predictions', predictions);
    return predictions;
  } catch (error) {
    if (error instanceof ReignError && error.code === 'StoreCorrupt') return null;
    throw error;
  }
}

async function stored(hashes: readonly string[], isThere: (hash: string) => Promise<boolean>): Promise<string[]> {
  const there = await Promise.all(hashes.map(isThere));
  return hashes.filter((_, at) => there[at]);
}
