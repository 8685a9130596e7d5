import { tell } from '../../report/messages.ts';
import { shownUrl } from '../../settings/shownUrl.ts';
import { openTracker, type TrackerCredentials } from '../../tracker/openTracker.ts';
import { serverVersion } from '../../tracker/serverVersion.ts';
import { toReignError } from '../toReignError.ts';
import { type Finding, healthy, sick } from './finding.ts';

export async function examineTracker(uri: string, credentials: TrackerCredentials): Promise<Finding> {
  const shown = shownUrl(uri);
  try {
    const version = await serverVersion(openTracker(uri, credentials));
    return healthy('MLflow', tell('doctor.server', { address: shown, version }));
  } catch (error) {
    const advice =
      'Start the stack with `npm run -s reign -- dev`, or check MLFLOW_TRACKING_URI and the login (MLFLOW_TRACKING_USERNAME and _PASSWORD, or _TOKEN).';
    return sick('MLflow', tell('doctor.unreachable', { address: shown, message: toReignError(error).message }), advice);
  }
}
