import type { ErrorEntry } from './entry.ts';

/** MLflow refuses a request or does not answer. */
export const trackerErrors = {
  TrackerRefused: {
    status: 502,
    retry: false,
    advice: 'See the message: MLflow refuses the request itself.',
    templates: {
      registryDiffers:
        "Version {version:int} of {model} reigns by the ledger (cycle {cycle}), but MLflow {found}: the registry was reset or replaced, or the version was changed by hand; the alias {alias} was not set. Restore MLflow's database",
      refused: 'MLflow refuses {request} ({code}): {reason}',
      asked: 'MLflow, asked to {attempt}: {reason}',
    },
  },
  TrackerUnavailable: {
    status: 503,
    retry: true,
    advice: 'Check MLflow; the cycle goes on by itself when it answers.',
    templates: {
      notMlflow: 'What answers is no MLflow server',
      aliasMoves: 'Something else keeps moving the alias {alias} of {model} as fast as Reign sets it',
      noAnswer: 'MLflow at {address} does not answer: {reason}',
      answers: 'MLflow answers {status:int} to {request} ({code}): {reason}',
      strange: 'MLflow {where} {status:int} to {request}: {problem}{hint}',
      loginRefused: 'MLflow {where} 401 to {request}: it refuses the login; check {setting}',
      asked: 'MLflow, asked to {attempt}: {reason}',
      outOfTime: 'The time allowed has passed; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
