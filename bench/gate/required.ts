import type { Cell, CoveredMetric, SimulatedPromotion, SimulationAnswer } from './answers.ts';

export const alpha = 0.025;
/** What a true gain of one detectable difference must be shown in. */
export const leastPower = 0.75;
/** So many holdouts tell whether an interval covers as often as it says; a smoke test has fewer. */
const enoughSimulations = 1000;
/** What rounding may do, in standard errors. */
const tolerance = 1e-9;
export const coverageBounds = { low: 0.93, high: 0.97 } as const;

/** How often the verdict is `promote` where the champion selected the labels. */
export interface SelectedRates {
  readonly name: string;
  readonly cycles: number;
  readonly naive: number;
  /** The lower bound of the difference alone. */
  readonly primary: number;
  /** The gate, told that labels are complete. */
  readonly toldComplete: number;
  /** The gate, told the truth. */
  readonly gate: number;
  /** The lower bound, had all labels been known. */
  readonly allLabelsKnown: number;
  readonly explored: number;
}

/** The measured numbers with what the gate itself says about them. */
export interface Simulated extends Omit<SimulationAnswer, 'selected'> {
  readonly selected: readonly SelectedRates[];
  /** How many of the sampled cycles the gate decides on otherwise than the simulation. */
  readonly verdictsThatDisagree: number;
}

/** The most that a rate of so many cycles may be, three errors of the simulation included. */
export const limitOf = (cycles: number): number => alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / cycles);

export const notBetter = ({ effect }: Cell): boolean => effect === 'equal' || effect === 'worse';
export const ofPromotion = (found: readonly SimulatedPromotion[]): Cell[] => found.flatMap(({ cells }) => cells);

/** Cells that miss what is asked of the declared domain, in words. */
export function* misses({ promotion, years, selected, coverage, verdictsThatDisagree }: Simulated): Generator<string> {
  const apart = Math.max(...promotion.flatMap(({ checked }) => checked));
  if (!(apart <= tolerance)) yield `the simulation and the trainer differ by ${apart} standard errors`;
  if (verdictsThatDisagree > 0) yield `the gate decides otherwise on ${verdictsThatDisagree} of the sampled cycles`;
  for (const cell of ofPromotion(promotion).filter(({ declared }) => declared)) {
    if (notBetter(cell) && cell.reign > limitOf(cell.cycles))
      yield `${cell.setting}, ${cell.effect}: promoted ${inPercent(cell.reign)}, at most ${inPercent(limitOf(cell.cycles))} asked`;
    if (cell.effect === 'better-1' && cell.reign < leastPower)
      yield `${cell.setting}: power ${inPercent(cell.reign)} at one detectable difference`;
  }
  for (const one of years) {
    if (one.promotions_a_year > one.allowed + 3 * one.simulation_error)
      yield `${one.cadence}, ${one.clusters} clusters, ${one.sizes}: ${one.promotions_a_year.toFixed(3)} promotions a year, at most ${one.allowed} asked`;
  }
  for (const one of selected) {
    if (one.explored === 0 && one.gate > 0) yield `${one.name}: promoted ${inPercent(one.gate)} on selected labels`;
  }
  for (const { declared, name, metrics, simulations } of coverage) {
    if (!declared || simulations < enoughSimulations) continue;
    for (const [metric, found] of Object.entries(metrics)) {
      if (found.measured < simulations)
        yield `${metric}, ${name}: no interval in ${simulations - found.measured} holdouts`;
      if (isMissed(found)) yield `${metric}, ${name}: coverage ${found.covered.toFixed(3)}`;
    }
  }
}

export const isMissed = ({ covered, bothSides }: CoveredMetric): boolean =>
  covered < coverageBounds.low || (bothSides && covered > coverageBounds.high);

export const inPercent = (share: number): string => `${(100 * share).toFixed(1)} %`;
