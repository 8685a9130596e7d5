import { type Benchmark, rounded, say } from '../benchmark.ts';
import type { Cell, CoveredMetric, Promotion, SimulationAnswer } from './answers.ts';
import { budget, chargedTests } from './charges.ts';
import { verdictOn, verdictOnSelected } from './decided.ts';
import { askPython } from './python.ts';
import { simulationTables } from './simulationTables.ts';
import { writeTables } from './writeTables.ts';

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
}

/** Simulated holdouts: rates of promotion, years under the error budget, selected labels, coverage of intervals. */
export async function simulation(quick: boolean): Promise<Benchmark> {
  const answer = await askPython<SimulationAnswer>('simulate.py', {
    quick,
    processes: 2,
    wrongPromotions: budget.wrongPromotions,
    charges: { weekly: chargedTests('weekly'), daily: chargedTests('daily') },
  });
  const simulated: Simulated = { ...answer, selected: answer.selected.map(selectedRates) };
  if (!quick) writeTables('measured', simulationTables(simulated));
  return summarise(simulated);
}

function selectedRates({ name, cycles, naive, primary, explored, evidences, ...rest }: SimulationAnswer['selected'][number]): SelectedRates {
  const promoted = (labels: 'selected' | 'complete') =>
    evidences.filter((cycle) => verdictOnSelected(cycle, labels) === 'promote').length / cycles;
  return {
    ...{ name, cycles, naive, primary, explored, allLabelsKnown: rest.all_labels_known },
    toldComplete: promoted('complete'),
    gate: promoted('selected'),
  };
}

/** The most that a rate of so many cycles may be, three errors of the simulation included. */
export const limitOf = (cycles: number): number => alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / cycles);

export const notBetter = ({ effect }: Cell): boolean => effect === 'equal' || effect === 'worse';
const ofPromotion = (found: readonly Promotion[]): Cell[] => found.flatMap(({ cells }) => cells);

/** Cells that miss what is asked of the declared domain, in words. */
export function* misses({ promotion, years, selected, coverage }: Simulated): Generator<string> {
  const apart = Math.max(...promotion.flatMap(({ checked }) => checked));
  if (!(apart <= tolerance)) yield `the simulation and the trainer differ by ${apart} standard errors`;
  for (const cell of ofPromotion(promotion).filter(({ declared }) => declared)) {
    if (notBetter(cell) && cell.reign > limitOf(cell.cycles))
      yield `${cell.setting}, ${cell.effect}: promoted ${percent(cell.reign)}, at most ${percent(limitOf(cell.cycles))} asked`;
    if (cell.effect === 'better-1' && cell.reign < leastPower)
      yield `${cell.setting}: power ${percent(cell.reign)} at one detectable difference`;
  }
  for (const one of years) {
    if (one.promotions_a_year > one.allowed + 3 * one.simulation_error)
      yield `${one.cadence}, ${one.clusters} clusters, ${one.sizes}: ${one.promotions_a_year.toFixed(3)} promotions a year, at most ${one.allowed} asked`;
  }
  for (const one of selected) {
    if (one.explored === 0 && one.gate > 0) yield `${one.name}: promoted ${percent(one.gate)} on selected labels`;
  }
  for (const { declared, name, metrics, simulations } of coverage) {
    if (!declared || simulations < enoughSimulations) continue;
    for (const [metric, found] of Object.entries(metrics)) {
      if (found.measured < simulations) yield `${metric}, ${name}: no interval in ${simulations - found.measured} holdouts`;
      if (isMissed(found)) yield `${metric}, ${name}: coverage ${found.covered.toFixed(3)}`;
    }
  }
}

export const isMissed = ({ covered, bothSides }: CoveredMetric): boolean =>
  covered < coverageBounds.low || (bothSides && covered > coverageBounds.high);

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function summarise(simulated: Simulated): Benchmark {
  const cells = ofPromotion(simulated.promotion);
  const declared = cells.filter((cell) => cell.declared);
  const same = declared.filter(notBetter);
  const clustered = same.filter(({ effect, shock }) => effect === 'equal' && shock > 0);
  const samples = simulated.promotion.flatMap((one) => one.samples);
  const disagreeing = samples.filter((sample) => (verdictOn(sample) === 'promote') !== sample.promoted);
  const covered = simulated.coverage
    .filter((one) => one.declared)
    .flatMap(({ metrics }) => Object.values(metrics).map((found) => found.covered));
  const failing = [...misses(simulated)];
  for (const miss of failing) say(`missed: ${miss}`);
  return {
    ratios: {
      false_promotions_to_alpha: rounded(Math.max(...same.map(({ reign }) => reign)) / alpha),
      // At most 1: the stated alpha plus three errors of the simulation.
      false_promotions_to_limit: rounded(Math.max(...same.map(({ reign, cycles }) => reign / limitOf(cycles)))),
      naive_false_promotions_to_alpha: rounded(Math.max(...same.map(({ naive }) => naive)) / alpha),
      iid_false_promotions_to_alpha: rounded(Math.max(...clustered.map(({ iid }) => iid)) / alpha),
      power_at_detectable: rounded(
        Math.min(...declared.filter(({ effect }) => effect === 'better-1').map(({ reign }) => reign)),
      ),
      yearly_promotions_to_budget: rounded(
        Math.max(...simulated.years.map(({ promotions_a_year, allowed }) => promotions_a_year / allowed)),
      ),
      selected_promotions: Math.max(
        ...simulated.selected.filter(({ explored }) => explored === 0).map((one) => one.gate),
      ),
      lowest_coverage: rounded(Math.min(...covered)),
    },
    measured: {
      seed: simulated.seed,
      cells: cells.length,
      cycles: cells.reduce((sum, cell) => sum + cell.cycles, 0),
      missed: failing.length === 0 ? 'nothing' : failing.join('; '),
      largest_disagreement_with_the_trainer_in_standard_errors: Math.max(
        ...simulated.promotion.flatMap(({ checked }) => checked),
      ),
      holdouts_checked_with_the_trainer: simulated.promotion.reduce((sum, { checked }) => sum + checked.length, 0),
      verdicts_checked_with_the_gate: samples.length,
      verdicts_that_disagree: disagreeing.length,
      naive_rates_of_equal_models: clustered.map(({ naive }) => rounded(naive)),
      iid_rates_of_equal_models: clustered.map(({ iid }) => rounded(iid)),
      reign_rates_of_equal_models: clustered.map(({ reign }) => rounded(reign)),
      promotions_a_year: simulated.years.map(({ promotions_a_year }) => rounded(promotions_a_year)),
      selected_primary_rates: simulated.selected.map(({ primary }) => rounded(primary)),
      selected_gate_rates: simulated.selected.map((one) => rounded(one.gate)),
    },
  };
}
