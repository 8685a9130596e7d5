import { statfs } from 'node:fs/promises';
import { openStore } from '../../store/openStore.ts';
import { type Finding, healthy, sick } from './finding.ts';

/** Whether a file can be written where the store stages its files, and how much room there is. */
export async function examineStore(folder: string): Promise<Finding> {
  try {
    await openStore(folder).checkWritable();
    const { bavail, bsize } = await statfs(folder);
    return healthy('store', `${folder}, ${((bavail * bsize) / 1e9).toFixed(1)} GB free`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return sick('store', `${folder}: ${reason}`, 'Check the folder and its rights, or set REIGN_STORE.');
  }
}
