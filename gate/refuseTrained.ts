import type { Windows } from '../schemas/definition.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Window } from '../schemas/primitives.ts';
import { firstAsOfAfter, windowsOf } from './windows.ts';

/** A version that a person fitted, as far as its training is known. */
interface Trained {
  readonly model: string;
  readonly version: number;
  /** Null where nobody knows: the gate then leaves the verdict to a person. */
  readonly trainWindow: Window | null;
}

/**
 * Refuses to judge a version on a holdout that begins before its training ends. Row ids may still overlap, which the gate
 * looks at.
 *
 * @throws ReignError ChallengeRefused, with the first asOf at which it can be judged
 */
export function refuseTrained({ model, version, trainWindow }: Trained, asOf: string, windows: Windows): void {
  const { from } = windowsOf(asOf, windows).holdout;
  if (trainWindow === null || from >= trainWindow.to) return;
  const possible = firstAsOfAfter(trainWindow.to, windows);
  const values = { model, version, trained: trainWindow.to, asOf, from, possible };
  throw errorOf('ChallengeRefused', 'trainedInHoldout', values);
}
