/** The activities as workflows see them: which queue they run on, how long they may take, how often they are tried again. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/create.ts';
import { finalErrors } from '../schemas/errors.ts';
import type { Rehearsal } from '../schemas/evidence.ts';
import type {
  CheckPipelineRequest,
  CheckPipelineResult,
  EvaluateRequest,
  EvaluateResult,
  ExtractRequest,
  ExtractResult,
  FitRequest,
  FitResult,
  ForecastRequest,
  ForecastResult,
  ObserveRequest,
  ObserveResult,
  RehearseRequest,
  ScoreRequest,
  ScoreResult,
} from '../schemas/payloads.ts';
import { environmentQueue, trainerQueue } from '../schemas/queues.ts';

/** What the trainer carries out, in Python. */
export interface TrainerActivities {
  extract(request: ExtractRequest): Promise<ExtractResult>;
  checkPipeline(request: CheckPipelineRequest): Promise<CheckPipelineResult>;
  fit(request: FitRequest): Promise<FitResult>;
  score(request: ScoreRequest): Promise<ScoreResult>;
  rehearse(request: RehearseRequest): Promise<Rehearsal>;
  forecast(request: ForecastRequest): Promise<ForecastResult>;
  observe(request: ObserveRequest): Promise<ObserveResult>;
  evaluate(request: EvaluateRequest): Promise<EvaluateResult>;
}

// Errors that a retry can mend are retried for ever: a server that is down comes back, and the cycle goes on by itself.
const retry = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '20 seconds',
  nonRetryableErrorTypes: finalErrors,
} as const;

/** Short questions to ledger, MLflow and warehouse. */
export const control = proxyActivities<Activities>({ startToCloseTimeout: '2 minutes', retry });

/** Long work: a trainer that died is noticed by its missing heartbeats. */
export const trainer = proxyActivities<TrainerActivities>({
  taskQueue: trainerQueue,
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '20 seconds',
  retry,
});

/** A trainer of one environment, asked where today's cannot load a version. Nobody may listen there. */
export const trainerOf = (environmentHash: string) =>
  proxyActivities<Pick<TrainerActivities, 'score'>>({
    taskQueue: environmentQueue(environmentHash),
    startToCloseTimeout: '24 hours',
    scheduleToStartTimeout: '1 minute',
    heartbeatTimeout: '20 seconds',
    retry,
  });

const impatient = { ...retry, maximumAttempts: 4 } as const;

/** The same for commands that somebody waits for: what does not answer is said instead of waited for. */
export const promptControl = proxyActivities<Activities>({ startToCloseTimeout: '2 minutes', retry: impatient });

export const promptTrainer = proxyActivities<TrainerActivities>({
  taskQueue: trainerQueue,
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '20 seconds',
  retry: impatient,
});
