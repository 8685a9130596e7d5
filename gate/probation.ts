import type { Bounded, FollowUp } from '../schemas/evidence.ts';
import type { Gate } from '../schemas/gate.ts';
import type { Message } from '../schemas/message.ts';
import { say } from './messages.ts';
import { of } from './say.ts';

/** What a policy says about probation, with its defaults. */
export const probationOf = ({ probation }: Pick<Gate, 'probation'>): NonNullable<Gate['probation']> =>
  probation ?? { onWorse: 'propose', looks: 8 };

/** The chance that any look of a probation takes a version for worse that is not. */
export const probationError = 0.05;

/** Of one look of so many: the sum over all of them is `probationError`. */
export const lookAlpha = (looks: number): number => probationError / looks;

/** What a look at a promoted version showed. */
export type LookVerdict = 'worse' | 'holds';

/**
 * Whether a look shows that the promoted version is worse than the one it beat: the whole one-sided interval lies below
 * zero, or below the loss that the promotion accepted. What it was promoted at is no measure: of many challengers the luckiest wins.
 *
 * @returns null where nothing was measured, or the rows are no look of a probation
 */
export function lookVerdict({ look, found }: Pick<FollowUp, 'look' | 'found'>): LookVerdict | null {
  if (look === undefined || found === null) return null;
  return found.decidingHigh !== null && found.decidingHigh < 0 - look.acceptedLoss ? 'worse' : 'holds';
}

/** Why a rollback is proposed. */
export const worseSaid = (look: {
  readonly look: number;
  readonly looks: number;
  readonly version: number | null;
  readonly beatenVersion: number | null;
  readonly found: Bounded;
}): Message => {
  const { estimate, low, high } = look.found;
  return say('probation.worse', {
    ...{ number: of(look.look, 'plain'), looks: of(look.looks, 'plain'), found: { estimate, low, high, signed: true } },
    ...{ version: `v${look.version}`, beaten: `v${look.beatenVersion}` },
  });
};
