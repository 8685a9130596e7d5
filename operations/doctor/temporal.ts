import { of } from '../../gate/say.ts';
import { tell } from '../../report/messages.ts';
import { trainerQueue, workerQueue } from '../../schemas/queues.ts';
import type { TemporalSettings } from '../../settings/givenSettings.ts';
import type { Store } from '../../store/openStore.ts';
import { connectTemporal } from '../connectTemporal.ts';
import { toReignError } from '../toReignError.ts';
import { pollersOf } from '../watch/awaitWorker.ts';
import { type Finding, healthy, sick, sickBy } from './finding.ts';

export async function examineTemporal(settings: TemporalSettings, store: Store): Promise<Finding[]> {
  const { address, namespace } = settings;
  try {
    const client = await connectTemporal(settings, store);
    try {
      const { serverVersion } = await client.workflowService.getSystemInfo({});
      await client.workflowService.describeNamespace({ namespace });
      const answers = healthy('Temporal', tell('doctor.temporal', { address, namespace, version: serverVersion }));
      const listening = async (part: string, queue: string) => {
        const pollers = await pollersOf(client, queue);
        if (pollers === 0) return sickBy(part, tell('doctor.nobody-listens', { queue }), 'WorkerMissing');
        return healthy(
          part,
          pollers === 1
            ? tell('doctor.one-listens', { queue })
            : tell('doctor.some-listen', { listeners: of(pollers, 'count'), queue }),
        );
      };
      return [answers, await listening('worker', workerQueue), await listening('trainer', trainerQueue)];
    } finally {
      await client.connection.close();
    }
  } catch (error) {
    const { message } = toReignError(error);
    const advice = 'Start the stack with `npm run -s reign -- dev`, or check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.';
    return [sick('Temporal', tell('doctor.temporal-unreachable', { address, namespace, message }), advice)];
  }
}
