import type { Controls } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import type { Policy } from '../schemas/policy.ts';
import { say } from './messages.ts';
import { of } from './say.ts';
import type { WinTest } from './wins.ts';

/** What one control found out about the gate. */
export interface ControlOutcome {
  readonly control: 'flips' | 'shuffled' | 'planted' | 'shuffledFit';
  readonly status: 'passed' | 'failed' | 'notRun';
  /** What was measured, and what a gate that works does. */
  readonly said: Message;
}

/**
 * The largest share of sign flips that may win. Over all data a right test lets a share of `alpha` win. On one data set the
 * share is only about that, because the signs are random but the sizes of the clusters are not. So the limit is twice alpha
 * plus five standard errors of a simulation of this size. It is never below a fiftieth, because at a tiny alpha a few large
 * clusters decide. In simulations of 168 kinds of data (docs/gate.md) no right test exceeded it, and a test that promotes
 * equal models half of the time always did.
 */
export const flipLimit = (alpha: number, count: number): number =>
  Math.max(0.02, 2 * alpha + 5 * Math.sqrt((2 * alpha) / count));

/**
 * Tries the gate's own test on cases whose answer is known. The trainer measured them at the boundary that the policy draws
 * (a minimum gain, a margin). It read the policy by itself, so a gate that reads the policy differently fails too.
 *
 * @param alpha the chance of error that was charged, within (0, 0.5)
 * @param beats the gate's test, or another one that is to be shown wrong
 */
export function controlOutcomes(controls: Controls, alpha: number, policy: Policy, beats: WinTest): ControlOutcome[] {
  const win = (low: number) => beats(low, policy);
  return [
    flips(controls.flips, alpha, win),
    shuffled(controls.shuffled, win),
    planted(controls.planted, win),
    ...(controls.shuffledFit === null ? [] : [shuffledFit(controls.shuffledFit, win)]),
  ];
}

type Win = (low: number) => boolean;

const outcome = (control: ControlOutcome['control'], status: ControlOutcome['status'], said: Message) => ({
  control,
  status,
  said,
});

function flips(control: Controls['flips'], alpha: number, win: Win): ControlOutcome {
  if (control === null || control.lows.length === 0) return outcome('flips', 'notRun', say('flips.not-run'));
  const tries = control.lows.length;
  const won = control.lows.filter(win).length / tries;
  const limit = flipLimit(alpha, tries);
  const said = say('flips.measured', { won: of(won, 'share'), tries: of(tries, 'count'), limit: of(limit, 'share') });
  return outcome('flips', won <= limit ? 'passed' : 'failed', said);
}

function shuffled(control: Controls['shuffled'], win: Win): ControlOutcome {
  const low = control?.difference.decidingLow ?? null;
  if (control === null || low === null) return outcome('shuffled', 'notRun', say('shuffled.not-run'));
  const { estimate, decidingHigh } = control.difference;
  const lost = decidingHigh !== null && decidingHigh < 0;
  const values = { difference: of(estimate, 'difference') };
  if (win(low)) return outcome('shuffled', 'failed', say('shuffled.wins', values));
  if (control.mustLose && !lost) return outcome('shuffled', 'failed', say('shuffled.keeps', values));
  return outcome('shuffled', 'passed', lost ? say('shuffled.loses', values) : say('shuffled.passes', values));
}

function planted({ gain, difference, notRun }: Controls['planted'], win: Win): ControlOutcome {
  const low = difference?.decidingLow ?? null;
  if (notRun !== null || low === null)
    return outcome('planted', 'notRun', say('planted.not-run', { reason: notRun ?? say('unmeasured') }));
  const won = win(low);
  if (gain === null) return outcome('planted', passedIf(won), won ? say('planted.wins') : say('planted.fails'));
  const values = { gain: of(gain, 'amount') };
  return outcome('planted', passedIf(won), won ? say('planted.wins-by', values) : say('planted.fails-by', values));
}

function shuffledFit({ difference, notRun }: NonNullable<Controls['shuffledFit']>, win: Win): ControlOutcome {
  const low = difference?.decidingLow ?? null;
  if (notRun !== null || low === null)
    return outcome('shuffledFit', 'notRun', say('shuffled-fit.not-run', { reason: notRun ?? say('unmeasured') }));
  return win(low)
    ? outcome('shuffledFit', 'failed', say('shuffled-fit.wins'))
    : outcome('shuffledFit', 'passed', say('shuffled-fit.passes'));
}

const passedIf = (holds: boolean) => (holds ? 'passed' : 'failed');
