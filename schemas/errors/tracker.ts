import type { ErrorEntry } from './entry.ts';

/** MLflow refuses a request or does not answer. */
export const trackerErrors = {
  TrackerRefused: {
    status: 502,
    retry: false,
    advice: 'Fix what the message names: MLflow refuses the request, however often it is sent.',
    templates: {
      registryDiffers:
        "The champion of {model} is version {version:int} (cycle {cycle}), but MLflow {found}, so the alias {alias} was not set. The registry was reset or replaced, or the version was changed by hand. Restore MLflow's database",
      refused: 'MLflow refuses {request} ({code}): {reason}',
      asked: 'MLflow could not {attempt}: {reason}',
    },
  },
  TrackerUnavailable: {
    status: 503,
    retry: true,
    advice: 'Check MLflow. The cycle continues by itself when MLflow answers.',
    templates: {
      notMlflow: 'The server that answers is not MLflow',
      aliasMoves: 'Something else keeps moving the alias {alias} of {model} as fast as Reign sets it',
      noAnswer: 'MLflow at {address} does not answer: {reason}',
      answers: 'MLflow answers {status:int} to {request} ({code}): {reason}',
      strange: 'MLflow {where} {status:int} to {request}: {problem}{hint}',
      loginRefused: 'MLflow {where} 401 to {request}: it refuses the login; check {setting}',
      asked: 'MLflow could not {attempt}: {reason}',
      outOfTime: 'The process ran out of time; the stage was {stage}.',
      idle: 'The process has done nothing for {seconds:int} s; the stage was {stage}.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
