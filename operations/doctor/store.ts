import { tell } from '../../report/messages.ts';
import { openStore } from '../../store/openStore.ts';
import { type Finding, healthy, sick } from './finding.ts';

/** Whether a probe can be written to the store, read and deleted. */
export async function examineStore(place: string): Promise<Finding> {
  try {
    return healthy('store', tell('doctor.store', { place, about: await openStore(place).probe() }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return sick(
      'store',
      tell('doctor.unreachable', { address: place, message: reason }),
      'Check the place and its rights, or set REIGN_STORE.',
    );
  }
}
