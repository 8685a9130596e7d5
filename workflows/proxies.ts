/** The activities as workflows call them: on which queue they run, how long they may take, and how often they are tried again. */
import { isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/create.ts';
import type { Definition } from '../schemas/definition.ts';
import { finalErrors } from '../schemas/errors.ts';
import type { Rehearsal } from '../schemas/evidence.ts';
import type {
  CheckPipelineRequest,
  CheckPipelineResult,
  EvaluateRequest,
  EvaluateResult,
  ExamineRequest,
  ExamineResult,
  ExtractRequest,
  ExtractResult,
  FitRequest,
  FitResult,
  ForecastRequest,
  ForecastResult,
  KeepRowIdsRequest,
  ObserveRequest,
  ObserveResult,
  RehearseRequest,
  ScoreRequest,
  ScoreResult,
  ShowEvidenceRequest,
  ShowTrainingRequest,
  TrivialRequest,
  TrivialResult,
} from '../schemas/payloads.ts';
import { environmentQueue, fitQueueOf, promptQueue, promptQueueOf, trainerQueue } from '../schemas/queues.ts';
import { attemptToken } from './attemptToken.ts';
import { outlasting, type Watch } from './outlast.ts';

/** The activities of the trainer, in Python. */
export interface TrainerActivities {
  extract(request: ExtractRequest): Promise<ExtractResult>;
  checkPipeline(request: CheckPipelineRequest): Promise<CheckPipelineResult>;
  fit(request: FitRequest): Promise<FitResult>;
  track(request: FitRequest): Promise<void>;
  score(request: ScoreRequest): Promise<ScoreResult>;
  examine(request: ExamineRequest): Promise<ExamineResult>;
  trivial(request: TrivialRequest): Promise<TrivialResult>;
  rehearse(request: RehearseRequest): Promise<Rehearsal>;
  forecast(request: ForecastRequest): Promise<ForecastResult>;
  observe(request: ObserveRequest): Promise<ObserveResult>;
  evaluate(request: EvaluateRequest): Promise<EvaluateResult>;
  showTraining(request: ShowTrainingRequest): Promise<void>;
  showEvidence(request: ShowEvidenceRequest): Promise<void>;
  keepRowIds(request: KeepRowIdsRequest): Promise<void>;
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

/** It may be the ledger that does not answer, so a wait that cannot be recorded holds nothing up. */
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

/** Short calls to the ledger, MLflow and the warehouse. */
export const control = outlasting(
  proxyActivities<Activities>({ ...short, retry }),
  proxyActivities<Activities>({ ...short, retry: once }),
  watch,
);

const long = { taskQueue: trainerQueue, startToCloseTimeout: '24 hours', heartbeatTimeout: '20 seconds' } as const;

/** Long work: missing heartbeats show that a trainer died. */
export const trainer = outlasting(
  proxyActivities<TrainerActivities>({ ...long, retry }),
  proxyActivities<TrainerActivities>({ ...long, retry: once }),
  watch,
);

/** Seconds that a fit may take on top of its own time: for reading, saving and waiting for another attempt. */
const aroundFit = 3600;

type ToFit = { readonly definition: Pick<Definition, 'resources'>; readonly fitTimeoutSeconds: number };

/** Fits, on a queue of their own. Time spent in that queue does not count as time of the fit. */
export const fitter = ({ definition, fitTimeoutSeconds }: ToFit) => {
  const options = {
    ...long,
    taskQueue: fitQueueOf(definition.resources?.class),
    startToCloseTimeout: `${fitTimeoutSeconds + aroundFit} seconds`,
  } as const;
  return outlasting(
    proxyActivities<Pick<TrainerActivities, 'fit'>>({ ...options, retry }),
    proxyActivities<Pick<TrainerActivities, 'fit'>>({ ...options, retry: once }),
    watch,
  );
};

/** A trainer of one environment, for versions that today's environment cannot load. There may be no such trainer. */
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

/** Not tried again: the next reconcile starts in a few minutes. Missing heartbeats show that its worker died. */
export const reconciler = proxyActivities<Pick<Activities, 'reconcile'>>({
  startToCloseTimeout: '10 minutes',
  scheduleToCloseTimeout: '15 minutes',
  heartbeatTimeout: '30 seconds',
  retry: once,
});

/** There may be no trainer now, and the next reconcile asks again. */
export const rowIdKeeper = proxyActivities<Pick<TrainerActivities, 'keepRowIds'>>({
  taskQueue: trainerQueue,
  scheduleToStartTimeout: '2 minutes',
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '30 seconds',
  retry: once,
});

const impatient = { ...retry, maximumAttempts: 4 } as const;

/** The same for commands that a person waits for: if something does not answer, the command says so and ends. */
export const promptControl = proxyActivities<Activities>({ startToCloseTimeout: '2 minutes', retry: impatient });

export const promptTrainer = proxyActivities<TrainerActivities>({
  taskQueue: promptQueue,
  startToCloseTimeout: '24 hours',
  heartbeatTimeout: '20 seconds',
  retry: impatient,
});

/** Fits that a person waits for. */
export const promptFitter = ({ definition, fitTimeoutSeconds }: ToFit) =>
  proxyActivities<Pick<TrainerActivities, 'fit'>>({
    taskQueue: promptQueueOf(definition.resources?.class),
    startToCloseTimeout: `${fitTimeoutSeconds + aroundFit} seconds`,
    heartbeatTimeout: '20 seconds',
    retry: impatient,
  });
