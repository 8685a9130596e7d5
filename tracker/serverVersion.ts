import { errorOf } from '../schemas/errors.ts';
import type { Tracker } from './openTracker.ts';
import { download } from './request.ts';

/**
 * The version of an MLflow server, asked with the login and below the path that every other request uses.
 *
 * @throws ReignError TrackerUnavailable or TrackerRefused, also where something else answers at this address
 */
export async function serverVersion(tracker: Tracker): Promise<string> {
  const chunks: Uint8Array[] = [];
  await download({ ...tracker, timeout: 5000 }, 'version', {}, (chunk) => chunks.push(chunk));
  const text = Buffer.concat(chunks).toString('utf8').trim();
  if (/^\d+\.\d+/.test(text)) return text.slice(0, 20);
  throw errorOf('TrackerUnavailable', 'notMlflow');
}
