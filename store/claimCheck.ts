import { ApplicationFailure, type Payload, type PayloadCodec } from '@temporalio/common';
import { errorOf, errors, ReignError } from '../schemas/errors.ts';
import { largestInlineBytes } from '../schemas/limits.ts';
import type { Store } from './openStore.ts';

const referenceEncoding = 'json/reign-reference';
/** A reference keeps the encoding of what it stands for under this prefix, and what has the prefix under another one. */
const prefix = 'reign-';

/**
 * Keeps what grows with a definition (its columns, the planned queries) out of Temporal: a large payload becomes a
 * document in the store, and Temporal is given its hash. `reign_trainer/claim_check.py` does the same.
 *
 * An error carries its code as the failure's type. In an activity the retry policy reads it there: a store that cannot
 * be written is tried again, a document that is missing or damaged ends the activity. Around workflow code either one
 * fails the workflow task and never the workflow: Temporal repeats the task, with pauses of up to ten minutes, until the
 * store is fixed. A trainer that cannot read its arguments tries again as well, whatever the code: the Python SDK wraps
 * that error into a passing one of its own.
 *
 * @example
 * new Client({ connection, dataConverter: { payloadCodecs: [claimCheck(openStore(folder))] } });
 */
export function claimCheck(store: Store): PayloadCodec {
  return {
    encode: (payloads) => asFailure(() => Promise.all(payloads.map((payload) => toReference(store, payload)))),
    decode: (payloads) => asFailure(() => Promise.all(payloads.map((payload) => toContent(store, payload)))),
  };
}

async function toReference(store: Store, payload: Payload): Promise<Payload> {
  const { metadata } = payload;
  const data = payload.data ?? new Uint8Array();
  // A payload that calls itself a reference would be taken for one: it becomes the content of a real one.
  if (data.length <= largestInlineBytes && !isReference(payload)) return payload;
  const hash = await store.writeDocument('payloads', data);
  const kept = Object.entries(metadata ?? {}).map(([key, value]) => [
    /^(reign-)*encoding$/.test(key) ? prefix + key : key,
    value,
  ]);
  return {
    metadata: { ...Object.fromEntries(kept), encoding: Buffer.from(referenceEncoding) },
    data: Buffer.from(JSON.stringify(hash)),
  };
}

async function toContent(store: Store, payload: Payload): Promise<Payload> {
  if (!isReference(payload)) return payload;
  const data = await store.readDocument('payloads', hashIn(payload.data));
  const { encoding: _, ...kept } = payload.metadata ?? {};
  const metadata = Object.entries(kept).map(([key, value]) => [
    /^(reign-)+encoding$/.test(key) ? key.slice(prefix.length) : key,
    value,
  ]);
  return { metadata: Object.fromEntries(metadata), data };
}

function isReference({ metadata }: Payload): boolean {
  const encoding = metadata?.encoding;
  return encoding != null && Buffer.from(encoding).toString() === referenceEncoding;
}

function hashIn(data: Uint8Array | null | undefined): string {
  const [, hash] = /^"([0-9a-f]{64})"$/.exec(Buffer.from(data ?? []).toString()) ?? [];
  if (hash === undefined) throw errorOf('StoreCorrupt', 'reference');
  return hash;
}

async function asFailure<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ReignError)) throw error;
    const { code, message } = error;
    throw ApplicationFailure.create({ message, type: code, nonRetryable: !errors[code].retry, cause: error });
  }
}
