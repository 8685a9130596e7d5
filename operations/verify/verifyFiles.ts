import { filesDigest } from '../../ledger/filesDigest.ts';
import type { VersionRow } from '../../ledger/versions.ts';
import { ReignError } from '../../schemas/errors.ts';
import { modelFiles } from '../../tracker/modelFiles.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import type { VerifiedFinding } from './finding.ts';
import { compared, told } from './verifyLedger.ts';

type FiledVersion = Pick<VersionRow, 'version' | 'files' | 'digest' | 'run'>;

/** What MLflow keeps of a version now, against the files that were fitted. Versions of earlier releases name none. */
export async function verifyFiles(
  tracker: Tracker | null,
  version: FiledVersion | undefined,
): Promise<VerifiedFinding[]> {
  if (version === undefined || version.files === null || version.version === null) return [];
  const { files, digest, run } = version;
  if (filesDigest(files) !== digest)
    return [told('files', null, 'differs', "the ledger's list of the model's files does not match its digest")];
  const stored = await found(tracker, run.modelId);
  if (typeof stored === 'string') return [told('files', null, 'impossible', stored)];
  const finding = compared('files', null, files, stored);
  return finding.outcome === 'identical'
    ? [finding]
    : [{ ...finding, said: `MLflow's files of version ${version.version} are not those that were fitted` }];
}

/** The files by hash, or why nobody can tell. */
async function found(tracker: Tracker | null, modelId: string): Promise<Record<string, string> | string> {
  if (tracker === null) return 'the files were not read: MLFLOW_TRACKING_URI is not set';
  try {
    return (await modelFiles(tracker, modelId)) ?? `MLflow no longer has the model ${modelId}`;
  } catch (error) {
    if (!(error instanceof ReignError)) throw error;
    return `the files were not read: ${error.message}`;
  }
}
