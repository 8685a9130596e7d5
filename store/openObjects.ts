import { localObjects } from './localObjects.ts';
import type { Objects } from './objects.ts';
import { parsePlace } from './place.ts';
import { s3Objects } from './s3Objects.ts';

/**
 * Opens what a store is made of.
 *
 * @param place as `REIGN_STORE` says it
 * @throws ReignError SettingInvalid
 */
export function openObjects(place: string): Objects {
  const parsed = parsePlace(place);
  return parsed.kind === 'bucket' ? s3Objects(parsed, place) : localObjects(parsed.folder);
}
