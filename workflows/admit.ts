import type { AdmitRequest } from '../schemas/steps.ts';
import { reportProgress } from './progress.ts';
import { promptControl as control, promptTrainer as trainer } from './proxies.ts';

/**
 * Lets a version that a person registered in MLflow into the ledger, so that it can challenge: its files are pinned, and it
 * answers what the definition asks. Nothing is written of one that does not.
 */
export async function admit(request: AdmitRequest): Promise<void> {
  const progress = reportProgress();
  const found = await control.findVersion(request);
  progress.at('examine the version');
  const { modelUri, definition, columns } = found;
  const name = `${request.model} version ${request.version}`;
  const examined = await trainer.examine({ modelUri, name, definition, columns: [...columns] });
  progress.at('register the version in the ledger');
  await control.admit(request, found, examined);
}
