/** The activities as workflows see them: which queue they run on, how long they may take, how often they are tried again. */
import { isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
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
  ShowEvidenceRequest,
  ShowTrainingRequest,
} from '../schemas/payloads.ts';
import { environmentQueue, fitQueue, promptQueue, trainerQueue } from '../schemas/queues.ts';
import { attemptToken } from './attemptToken.ts';
import { outlasting, type Watch } from './outlast.ts';

/** What the trainer carries out, in Python. */
export interface TrainerActivities {
  extract(request: ExtractRequest): Promise<ExtractResult>;
  checkPipeline(request: CheckPipelineRequest): Promise<CheckPipelineResult>;
  fit(request: FitRequest): Promise<FitResult>;
  track(request: FitRequest): Promise<void>;
  score(request: ScoreRequest): Promise<ScoreResult>;
  rehearse(request: RehearseRequest): Promise<Rehearsal>;
  forecast(request: ForecastRequest): Promise<ForecastResult>;
  observe(request: ObserveRequest): Promise<ObserveResult>;
  evaluate(request: EvaluateRequest): Promise<EvaluateResult>;
  showTraining(request: ShowTrainingRequest): Promise<void>;
  showEvidence(request: ShowEvidenceRequest): Promise<void>;
}

/** Errors that a retry can fix: a burst of attempts over about two minutes, after which `outlasting` waits for longer. */
const retry = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '64 seconds',
  maximumAttempts: 8,
  nonRetryableErrorTypes: finalErrors,
} as const;
const once = { ...retry, maximumAttempts: 1 } as const;

/** The ledger itself may be what does not answer: what cannot be noted is not waited for. */
const notes = proxyActivities<Pick<Activities, 'noteFault' | 'noteMended'>>({
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { ...retry, maximumAttempts: 2 },
});

const watch: Watch = {
  waits: (fault) => noted(notes.noteFault(workflowInfo().workflowId, attemptToken(), fault)),
  goesOn: () => noted(notes.noteMended(workflowInfo().workflowId, attemptToken())),
};

async function noted(noting: Promise<void>): Promise<void> {
  try {
    await noting;
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

const short = { startToCloseTimeout: '2 minutes' } as const;

/** Short questions to ledger, MLflow and warehouse. */
export const control = outlasting(
  proxyActivities<Activities>({ ...short, retry }),
  proxyActivities<Activities>({ ...short, retry: once }),
  watch,
);

const long = { taskQueue: trainerQueue, startToCloseTimeout: '24 hours', heartbeatTimeout: '20 seconds' } as const;

/** Long work: a trainer that died is noticed by its missing heartbeats. */
export const trainer = outlasting(
  proxyActivities<TrainerActivities>({ ...long, retry }),
  proxyActivities<TrainerActivities>({ ...long, retry: once }),
  watch,
);

/** What a fit may take besides its own time: reading, saving, waiting for another attempt. Seconds. */
const aroundFit = 3600;

/** Fits, on a queue of their own. Waiting there does not count against the time that a fit may take. */
export const fitter = (timeoutSeconds: number) => {
  const options = {
    ...long,
    taskQueue: fitQueue,
    startToCloseTimeout: `${timeoutSeconds + aroundFit} seconds`,
  } as const;
  return outlasting(
    proxyActivities<Pick<TrainerActivities, 'fit'>>({ ...options, retry }),
    proxyActivities<Pick<TrainerActivities, 'fit'>>({ ...options, retry: once }),
    watch,
  );
};

/** A trainer of one environment, asked where today's cannot load a version. Nobody may listen there. */
export const trainerOf = (environmentHash: string) => {
  const there = {
    ...long,
    taskQueue: environmentQueue(environmentHash),
    scheduleToStartTimeout: '1 minute',
  } as const;
  return outlasting(
    proxyActivities<Pick<TrainerActivities, 'score'>>({ ...there, retry }),
    proxyActivities<Pick<TrainerActivities, 'score'>>({ ...there, retry: once }),
    watch,
  );
};

/** Not tried again: the next one comes in a few minutes. */
export const reconciler = proxyActivities<Pick<Activities, 'reconcile'>>({
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '15 minutes',
  retry: once,
});

const impatient = { ...retry, maximumAttempts: 4 } as const;

/** The same for commands that somebody waits for: what does not answer is said instead of waited for. */
export const promptControl = proxyActivities<Activities>({ startToCloseTimeout: '2 minutes', retry: impatient });

export const promptTrainer = proxyActivities<TrainerActivities>({
  taskQueue: promptQueue,
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '20 seconds',
  retry: impatient,
});

/** Fits that somebody waits for. */
export const promptFitter = (timeoutSeconds: number) =>
  proxyActivities<Pick<TrainerActivities, 'fit'>>({
    taskQueue: promptQueue,
    startToCloseTimeout: `${timeoutSeconds + aroundFit} seconds`,
    heartbeatTimeout: '20 seconds',
    retry: impatient,
  });
