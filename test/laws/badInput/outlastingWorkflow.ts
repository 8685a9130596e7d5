import { proxyActivities } from '@temporalio/workflow';
import { hearRetries, outlasting, type Watch } from '../../../workflows/outlast.ts';

interface Steps {
  ask(): Promise<string>;
}

const options = { startToCloseTimeout: '10 seconds' } as const;
const notes = proxyActivities<{ waits: Watch['waits']; goesOn: Watch['goesOn'] }>(options);

/** One step, as the steps of a cycle are asked for; with pauses that a test can wait for. */
export async function outlastingStep(pauses: number[]): Promise<string> {
  hearRetries();
  const retry = { initialInterval: '10 milliseconds', maximumAttempts: 3 } as const;
  const steps = outlasting(
    proxyActivities<Steps>({ ...options, retry }),
    proxyActivities<Steps>({ ...options, retry: { maximumAttempts: 1 } }),
    { waits: (fault) => notes.waits(fault), goesOn: () => notes.goesOn() },
    pauses,
  );
  return steps.ask();
}
