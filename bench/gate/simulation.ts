import { type Benchmark, print, rounded } from '../benchmark.ts';
import type { SimulatedPromotion, SimulationAnswer } from './answers.ts';
import { budget, chargedTests } from './charges.ts';
import { verdictOn, verdictOnSelected } from './decided.ts';
import { askPython } from './python.ts';
import { alpha, limitOf, misses, notBetter, ofPromotion, type SelectedRates, type Simulated } from './required.ts';
import { simulationTables } from './simulationTables.ts';
import { writeTables } from './writeTables.ts';

/** Simulated holdouts: rates of promotion, years under the error budget, selected labels, coverage of intervals. */
export async function simulation(quick: boolean): Promise<Benchmark> {
  const answer = await askPython<SimulationAnswer>('simulate.py', simulationRequest(quick));
  return report(answer, quick);
}

/** What simulate.py is asked. */
export const simulationRequest = (quick: boolean) => ({
  quick,
  processes: 2,
  wrongPromotions: budget.wrongPromotions,
  charges: { weekly: chargedTests('weekly'), daily: chargedTests('daily') },
});

/** Lets the gate decide on what was simulated, writes the tables and sums them up. */
export function report(answer: SimulationAnswer, quick: boolean): Benchmark {
  const verdictsThatDisagree = answer.promotion.reduce((sum, one) => sum + disagreeing(one), 0);
  const simulated: Simulated = { ...answer, selected: answer.selected.map(selectedRates), verdictsThatDisagree };
  if (!quick) writeTables('measured', simulationTables(simulated));
  return summarise(simulated);
}

/**
 * Sampled cycles on which the gate decides otherwise than the simulated rule. Outside the declared domain it may refuse what
 * the rule promotes (clusters that are worth fewer than four equal ones), and never the reverse.
 */
function disagreeing({ cells, samples }: SimulatedPromotion): number {
  const declared = cells.every((cell) => cell.declared);
  return samples.filter((sample) => {
    const promoted = verdictOn(sample) === 'promote';
    return promoted !== sample.promoted && (declared || promoted);
  }).length;
}

function selectedRates({
  name,
  cycles,
  naive,
  primary,
  explored,
  evidences,
  ...rest
}: SimulationAnswer['selected'][number]): SelectedRates {
  const promoted = (labels: 'selected' | 'complete') =>
    evidences.filter((cycle) => verdictOnSelected(cycle, labels) === 'promote').length / cycles;
  return {
    ...{ name, cycles, naive, primary, explored, allLabelsKnown: rest.all_labels_known },
    toldComplete: promoted('complete'),
    gate: promoted('selected'),
  };
}

function summarise(simulated: Simulated): Benchmark {
  const cells = ofPromotion(simulated.promotion);
  const declared = cells.filter((cell) => cell.declared);
  const same = declared.filter(notBetter);
  const clustered = same.filter(({ effect, shock }) => effect === 'equal' && shock > 0);
  const covered = simulated.coverage
    .filter((one) => one.declared)
    .flatMap(({ metrics }) => Object.values(metrics).map((found) => found.covered));
  const failing = [...misses(simulated)];
  for (const miss of failing) print(`missed: ${miss}`);
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
      verdicts_checked_with_the_gate: simulated.promotion.reduce((sum, { samples }) => sum + samples.length, 0),
      verdicts_that_disagree: simulated.verdictsThatDisagree,
      naive_rates_of_equal_models: clustered.map(({ naive }) => rounded(naive)),
      iid_rates_of_equal_models: clustered.map(({ iid }) => rounded(iid)),
      reign_rates_of_equal_models: clustered.map(({ reign }) => rounded(reign)),
      promotions_a_year: simulated.years.map(({ promotions_a_year }) => rounded(promotions_a_year)),
      selected_primary_rates: simulated.selected.map(({ primary }) => rounded(primary)),
      selected_rates_told_complete: simulated.selected.map((one) => rounded(one.toldComplete)),
      selected_gate_rates: simulated.selected.map((one) => rounded(one.gate)),
    },
  };
}
