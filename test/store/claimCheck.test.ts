import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { largestInlineBytes } from '../../schemas/limits.ts';
import { claimCheck } from '../../store/claimCheck.ts';
import { openObjects } from '../../store/openObjects.ts';
import { openStore } from '../../store/openStore.ts';
import { storePlace, storesAreInS3 } from '../storePlace.ts';

let root: string;
let place: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reign-test-claim-'));
  place = storePlace(join(root, 'store'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const codec = () => claimCheck(openStore(place));
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const contentOf = (payload: Payload | undefined): unknown => payload && defaultPayloadConverter.fromPayload(payload);
const large = { columns: Array.from({ length: 300 }, (_, at) => ({ name: `größe_${at}`, type: 'double precision' })) };

function plain(payload: Payload | undefined) {
  const metadata = Object.entries(payload?.metadata ?? {}).map(([key, bytes]) => [key, Buffer.from(bytes).toString()]);
  return { metadata: Object.fromEntries(metadata), data: Buffer.from(payload?.data ?? []).toString() };
}

/** A reference, and the name of the object that it stands for. */
async function oneReference(): Promise<{ reference: Payload; name: string }> {
  const [reference] = await codec().encode([payloadOf(large)]);
  if (reference === undefined) throw new Error('no reference');
  return { reference, name: `payloads/${JSON.parse(plain(reference).data)}` };
}

test('a large payload becomes the hash of its bytes in the store, and comes back as it was', async () => {
  const payload = payloadOf(large);
  const hash = createHash('sha256')
    .update(payload.data ?? '')
    .digest('hex');
  const { reference, name } = await oneReference();
  expect(plain(reference)).toEqual({
    metadata: { encoding: 'json/reign-reference', 'reign-encoding': 'json/plain' },
    data: `"${hash}"`,
  });
  expect(JSON.parse((await openObjects(place).read(name)).toString('utf8'))).toEqual(large);
  const [back] = await codec().decode([reference]);
  expect(plain(back)).toEqual(plain(payload));
  expect(contentOf(back)).toEqual(large);
});

test('what is no larger than the threshold passes as the same object and never meets the store', async () => {
  const file = join(root, 'file');
  writeFileSync(file, '');
  const withoutStore = claimCheck(openStore(join(file, 'nowhere')));
  const nothing: Payload = payloadOf(undefined);
  const exactly = payloadOf('x'.repeat(largestInlineBytes - 2));
  expect(exactly.data).toHaveLength(largestInlineBytes);
  const encoded = await withoutStore.encode([nothing, exactly]);
  expect(encoded[0]).toBe(nothing);
  expect(encoded[1]).toBe(exactly);
  expect((await withoutStore.decode([exactly]))[0]).toBe(exactly);
  const [over] = await codec().encode([payloadOf('x'.repeat(largestInlineBytes - 1))]);
  expect(plain(over).metadata.encoding).toBe('json/reign-reference');
});

test('whatever the bytes and the metadata, decoding what was encoded changes nothing', async () => {
  const bytes = fc.uint8Array({ maxLength: 64 });
  const value = fc.oneof(bytes, fc.constantFrom(Buffer.from('json/reign-reference'), Buffer.from('json/plain')));
  const payload = fc.record(
    {
      metadata: fc.dictionary(fc.constantFrom('encoding', 'reign-encoding', 'reign-reign-encoding', 'other'), value),
      data: fc
        .tuple(bytes, fc.integer({ min: 0, max: 2 * largestInlineBytes }))
        .map(([some, length]) => Buffer.alloc(length, some.length > 0 ? some : 0)),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
      const encoded = await codec().encode(payloads);
      for (const { data } of encoded) expect(data?.length ?? 0).toBeLessThanOrEqual(largestInlineBytes);
      const decoded = await codec().decode(encoded);
      expect(decoded.map(plain)).toEqual(payloads.map(plain));
    }),
    { numRuns: 50 },
  );
});

test.each([
  { encoding: 'json/reign-reference' },
  { encoding: 'json/reign-reference', 'reign-encoding': 'json/plain' },
  { 'reign-encoding': 'json/plain' },
  {},
])('metadata like that of a reference passes as it is: %j', async (own) => {
  const metadata = Object.fromEntries(Object.entries(own).map(([key, text]) => [key, Buffer.from(text)]));
  for (const data of [Buffer.from(`"${'a'.repeat(64)}"`), Buffer.alloc(largestInlineBytes + 1)]) {
    const [back] = await codec().decode(await codec().encode([{ metadata, data }]));
    expect(plain(back)).toEqual(plain({ metadata, data }));
  }
});

test('the trainer writes the same reference for the same value', async () => {
  const { text, repeat, reference } = JSON.parse(readFileSync(join(import.meta.dirname, 'reference.json'), 'utf8'));
  const [encoded] = await codec().encode([payloadOf({ text: text.repeat(repeat) })]);
  expect(plain(encoded)).toEqual(reference);
});

describe('what went wrong is a failure with the code as its type', () => {
  test('a damaged document, which no retry mends', async () => {
    const { reference, name } = await oneReference();
    await openObjects(place).put(name, Buffer.from('{}'));
    await expect(codec().decode([reference])).rejects.toMatchObject({
      type: 'StoreCorrupt',
      nonRetryable: true,
      message: expect.stringContaining('does not match its hash'),
    });
  });

  test('a missing document, by its name', async () => {
    const { reference, name } = await oneReference();
    await openObjects(place).delete(name);
    const message = `The store has no ${name}.`;
    await expect(codec().decode([reference])).rejects.toMatchObject({ type: 'StoreCorrupt', message });
  });

  test.each(['', '"../../etc"', '"abc"', 'null'])('a reference that holds %j', async (data) => {
    const metadata = { encoding: Buffer.from('json/reign-reference') };
    await expect(codec().decode([{ metadata, data: Buffer.from(data) }])).rejects.toMatchObject({
      type: 'StoreCorrupt',
    });
  });

  test('a store that is not there or cannot be written, which a retry can mend', async () => {
    const { reference } = await oneReference();
    const passing = { type: 'StoreUnavailable', nonRetryable: false };
    await expect(claimCheck(openStore(join(root, 'nowhere'))).decode([reference])).rejects.toMatchObject(passing);
    const file = join(root, 'file');
    writeFileSync(file, '');
    await expect(claimCheck(openStore(file)).encode([payloadOf(large)])).rejects.toMatchObject(passing);
  });
});

// In S3 it counts as new at every writing.
test.skipIf(storesAreInS3)('a payload in a folder counts as new when it is stored again after a day', async () => {
  const file = join(place, (await oneReference()).name);
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  utimesSync(file, hoursAgo(23), hoursAgo(23));
  await oneReference();
  expect(statSync(file).mtimeMs).toBeLessThan(hoursAgo(22).getTime());
  utimesSync(file, hoursAgo(25), hoursAgo(25));
  await oneReference();
  expect(statSync(file).mtimeMs).toBeGreaterThan(hoursAgo(1).getTime());
  expect(readdirSync(join(place, 'payloads'))).toHaveLength(1);
});
