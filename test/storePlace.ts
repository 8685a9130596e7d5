import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { s3Credentials, startS3Server } from './s3Server.ts';

const bucketVariable = 'REIGN_TEST_BUCKET';

/** Whether the tests keep their stores in S3 (`npm test -- --store s3`) instead of folders. */
export const storesAreInS3 = process.env.REIGN_TEST_STORE === 's3';

/** Vitest's global set-up: one S3 server and one bucket for the whole run, if the stores are in S3. */
export default async function setup(): Promise<() => void> {
  if (!storesAreInS3) return () => {};
  const server = await startS3Server();
  process.env[bucketVariable] = await server.makePlace();
  return () => server.stop();
}

/**
 * Where a test keeps a store: in the folder, or below a prefix of its own in the run's bucket.
 *
 * @returns what `REIGN_STORE` says of it
 */
export function storePlace(folder: string): string {
  if (!storesAreInS3) return folder;
  const bucket = process.env[bucketVariable];
  if (bucket === undefined) throw new Error("the run's bucket is missing: add storePlace.ts to Vitest's globalSetup");
  const place = new URL(bucket);
  place.pathname = `/${randomBytes(8).toString('hex')}`;
  return place.href;
}

/** The variables that a stack in this home needs for its store. In a folder it needs none: the default is tested. */
export function storeSettings(home: string): Record<string, string> {
  return storesAreInS3 ? { REIGN_STORE: storePlace(join(home, 'store')), ...s3Credentials } : {};
}
