import { tell } from '../../report/messages.ts';
import type { KnownSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/openStore.ts';
import { toReignError } from '../toReignError.ts';
import { examineCycles } from './cycles.ts';
import { examineDiscrepancies } from './discrepancies.ts';
import { type Finding, healthy, sick } from './finding.ts';
import { examineFollowed } from './followed.ts';
import { examineLedger } from './ledger.ts';
import { examineNode, examinePython } from './machine.ts';
import { examineStore } from './store.ts';
import { examineTemporal } from './temporal.ts';
import { examineTracker } from './tracker.ts';
import { examineWarehouse } from './warehouse.ts';

const startIt = 'Start the stack with `npm run -s reign -- dev`, or set';

/**
 * Looks at every part at the same time. A part that is sick, or not there at all, is a finding: nothing is thrown.
 *
 * @param lineage whose last cycles are looked at for warnings
 * @param reach where the parts are; what it throws is a finding too
 */
export async function examine(reach: () => KnownSettings, lineage: string): Promise<Finding[]> {
  let settings: KnownSettings;
  try {
    settings = reach();
  } catch (error) {
    const { message, advice } = toReignError(error);
    return [examineNode(), await examinePython(), sick('settings', tell('doctor.settings', { message }), advice)];
  }
  const { ledgerUrl, temporal, trackerUri, trackerCredentials, connections, store, stackRuns } = settings;
  const absent = (part: string, variable: string) =>
    sick(part, tell('doctor.absent', { home: settings.home }), `${startIt} ${variable}.`);
  const found = await Promise.all([
    examineNode(),
    examinePython(),
    healthy('stack', stackRuns ? tell('doctor.stack-runs', { home: settings.home }) : tell('doctor.no-stack')),
    ledgerUrl === undefined ? absent('ledger', 'REIGN_LEDGER_URL') : examineLedger(ledgerUrl, lineage),
    ...Object.entries(connections).map(([name, url]) => examineWarehouse(name, url)),
    Object.keys(connections).length === 0 ? absent('warehouse', 'REIGN_CONNECTION_WAREHOUSE') : [],
    temporal === undefined ? absent('Temporal', 'TEMPORAL_ADDRESS') : examineTemporal(temporal, openStore(store)),
    trackerUri === undefined ? absent('MLflow', 'MLFLOW_TRACKING_URI') : examineTracker(trackerUri, trackerCredentials),
    examineStore(store),
    ledgerUrl === undefined || temporal === undefined ? [] : examineCycles(ledgerUrl, temporal, openStore(store)),
    ledgerUrl === undefined ? [] : examineFollowed(ledgerUrl),
    ledgerUrl === undefined ? [] : examineDiscrepancies(ledgerUrl, settings),
  ]);
  return found.flat();
}
