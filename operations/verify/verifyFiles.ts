import { of } from '../../gate/say.ts';
import { filesDigest } from '../../ledger/filesDigest.ts';
import type { VersionRow } from '../../ledger/versions.ts';
import { tell } from '../../report/messages.ts';
import { ReignError } from '../../schemas/errors.ts';
import type { Message } from '../../schemas/message.ts';
import { modelFiles } from '../../tracker/modelFiles.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import type { VerifiedFinding } from './finding.ts';
import { compared, saying, told } from './verifyLedger.ts';

type FiledVersion = Pick<VersionRow, 'version' | 'files' | 'digest' | 'run'>;

/** What MLflow keeps of a version now, against the files that were fitted. Versions of earlier releases name none. */
export async function verifyFiles(
  tracker: Tracker | null,
  version: FiledVersion | undefined,
): Promise<VerifiedFinding[]> {
  if (version === undefined || version.files === null || version.version === null) return [];
  const { files, digest, run } = version;
  if (filesDigest(files) !== digest) return [told('files', null, 'differs', tell('verify.files-list'))];
  const stored = await found(tracker, run.modelId);
  if ('text' in stored) return [told('files', null, 'impossible', stored)];
  const finding = compared('files', null, files, stored.files);
  return finding.outcome === 'identical'
    ? [finding]
    : [saying(finding, tell('verify.files-differ', { version: of(version.version, 'plain') }))];
}

/** The files by hash, or why nobody can tell. */
async function found(tracker: Tracker | null, modelId: string): Promise<{ files: Record<string, string> } | Message> {
  if (tracker === null) return tell('verify.files-unset');
  try {
    const files = await modelFiles(tracker, modelId);
    return files === undefined ? tell('verify.files-gone', { model: modelId }) : { files };
  } catch (error) {
    if (!(error instanceof ReignError)) throw error;
    return tell('verify.files-unread', { message: error.message });
  }
}
