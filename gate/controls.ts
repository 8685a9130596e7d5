import type { Controls } from '../schemas/evidence.ts';
import type { Policy } from '../schemas/policy.ts';
import { amount, count, percent, signed } from './numbers.ts';
import type { WinTest } from './wins.ts';

/** What one control says about the gate. */
export interface ControlOutcome {
  readonly control: 'flips' | 'shuffled' | 'planted' | 'shuffledFit';
  readonly status: 'passed' | 'failed' | 'notRun';
  /** What was measured, and what a gate that works does. */
  readonly said: string;
}

/**
 * The largest share of sign flips that may win. Over all data a right test lets `alpha` win; given the data it lies about
 * that, since only the signs are at random and the magnitudes of the clusters are not. So twice alpha and five errors of
 * a simulation of this size, and never below a fiftieth, since at a tiny alpha a few large clusters decide. In simulations of
 * 168 kinds of data (docs/gate.md) no right test went beyond it; one that promotes equal models half of the time always does.
 */
export const flipLimit = (alpha: number, count: number): number =>
  Math.max(0.02, 2 * alpha + 5 * Math.sqrt((2 * alpha) / count));

/**
 * Puts cases whose answer is known to the gate's own test. The trainer measured them where the policy draws its boundary (a
 * minimum gain, a margin), from its own reading of the policy: a gate that reads it otherwise fails too.
 *
 * @param alpha the chance of error that was charged, within (0, 0.5)
 * @param beats the gate's test, or another to be shown wrong
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

function flips(control: Controls['flips'], alpha: number, win: Win): ControlOutcome {
  if (control === null || control.lows.length === 0)
    return { control: 'flips', status: 'notRun', said: 'signs of cluster sums not flipped' };
  const tries = control.lows.length;
  const won = control.lows.filter(win).length / tries;
  const limit = flipLimit(alpha, tries);
  return {
    control: 'flips',
    status: won <= limit ? 'passed' : 'failed',
    said: `equal models win ${percent(won)} of ${count(tries)} sign flips (at most ${percent(limit)})`,
  };
}

function shuffled(control: Controls['shuffled'], win: Win): ControlOutcome {
  const low = control?.difference.decidingLow ?? null;
  if (control === null || low === null)
    return { control: 'shuffled', status: 'notRun', said: 'scores not dealt out at random' };
  const { estimate, decidingHigh } = control.difference;
  const lost = decidingHigh !== null && decidingHigh < 0;
  const said = `scores dealt out at random differ by ${signed(estimate)}`;
  if (win(low)) return { control: 'shuffled', status: 'failed', said: `${said} and win (they must not)` };
  if (control.mustLose && !lost)
    return { control: 'shuffled', status: 'failed', said: `${said} and do not lose (they must)` };
  return { control: 'shuffled', status: 'passed', said: `${said} and ${lost ? 'lose' : 'do not win'}` };
}

function planted({ gain, difference, notRun }: Controls['planted'], win: Win): ControlOutcome {
  const low = difference?.decidingLow ?? null;
  if (notRun !== null || low === null)
    return { control: 'planted', status: 'notRun', said: `no gain planted: ${notRun ?? 'it was not measured'}` };
  const said = `a planted gain${gain === null ? '' : ` of ${amount(gain)}`}`;
  return win(low)
    ? { control: 'planted', status: 'passed', said: `${said} wins` }
    : { control: 'planted', status: 'failed', said: `${said} does not win (it must)` };
}

function shuffledFit({ difference, notRun }: NonNullable<Controls['shuffledFit']>, win: Win): ControlOutcome {
  const low = difference?.decidingLow ?? null;
  if (notRun !== null || low === null)
    return {
      control: 'shuffledFit',
      status: 'notRun',
      said: `no fit on shuffled labels: ${notRun ?? 'it was not measured'}`,
    };
  return win(low)
    ? { control: 'shuffledFit', status: 'failed', said: 'a fit on shuffled labels wins (it must not)' }
    : { control: 'shuffledFit', status: 'passed', said: 'a fit on shuffled labels does not win' };
}
