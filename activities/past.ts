import { event } from '../ledger/events.ts';
import { pastObservations } from '../ledger/observations.ts';
import { pastEvidence } from '../ledger/pastJudgements.ts';
import type { Definition } from '../schemas/definition.ts';
import { ReignError } from '../schemas/errors.ts';
import { Evidence } from '../schemas/evidence.ts';
import type { Past } from '../schemas/steps.ts';
import type { Store } from '../store/openStore.ts';
import { evidenceOf } from './evidenceOf.ts';
import type { World } from './world.ts';

interface CycleToCome {
  /** Whose warnings say what could not be read; a try has no cycle, and warns of nothing. */
  readonly id?: string;
  readonly model: string;
  readonly lineage: string;
  readonly asOf: string;
  readonly definition: Definition;
}

/** What earlier cycles of the lineage left behind. What is no longer in the store, or damaged there, is left out with a warning. */
export async function past(
  { ledger: { db }, store }: World,
  { id: cycle, model, lineage, asOf, definition }: CycleToCome,
): Promise<Past> {
  const skipped: string[] = [];
  const readable = async (kind: string, hashes: readonly string[], isThere: (hash: string) => Promise<boolean>) => {
    const there = await Promise.all(hashes.map(isThere));
    skipped.push(...hashes.filter((_, at) => !there[at]).map((hash) => `${kind}/${hash.slice(0, 12)}`));
    return hashes.filter((_, at) => there[at]);
  };
  const evidence = await readable('evidence', await pastEvidence(db, model, lineage, asOf), (hash) =>
    isReadable(store, hash),
  );
  const observations = await readable(
    'observations',
    await pastObservations(db, model, lineage, asOf),
    async (hash) => (await readWhole(store, 'observations', hash)) !== null,
  );
  const [last] = evidence;
  const lastPredictions = last === undefined ? null : await comparablePredictions(store, last, definition);
  if (lastPredictions !== null && typeof lastPredictions === 'object')
    skipped.push(`predictions/${lastPredictions.damaged.slice(0, 12)}`);
  if (cycle !== undefined && skipped.length > 0) {
    const warning = `What earlier cycles left behind cannot be read, so it was left out: ${skipped.join(', ')}. The files are missing from the store or damaged.`;
    await event(db, { model, cycle, kind: 'warning', detail: { warning }, key: warning });
  }
  return { evidence, observations, lastPredictions: typeof lastPredictions === 'string' ? lastPredictions : null };
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

/**
 * The predictions of an earlier holdout, which of them are damaged, or null where they cannot be compared or were deleted:
 * stored labels are positions in the list of classes, and with another list they say something else.
 */
async function comparablePredictions(
  store: Store,
  evidence: string,
  { label }: Definition,
): Promise<string | { readonly damaged: string } | null> {
  const { classes, challenger } = await evidenceOf(store, evidence);
  if (JSON.stringify(classes) !== JSON.stringify(label?.classes ?? null) || challenger.predictions === null)
    return null;
  const { predictions } = challenger;
  if (!(await store.hasRows('predictions', predictions))) return null;
  try {
    await store.checkRows('predictions', predictions);
    return predictions;
  } catch (error) {
    if (error instanceof ReignError && error.code === 'StoreCorrupt') return { damaged: predictions };
    throw error;
  }
}
