import type { Interval, MetricEvidence } from '../../schemas/evidence.ts';

/** How often each gate promoted, as shares of the cycles. */
export interface Rates {
  readonly reign: number;
  readonly naive: number;
  readonly iid: number;
}

/** What bench/gate/promotion.py says about one kind of challenger on one kind of holdout. */
export interface Cell extends Rates {
  readonly setting: string;
  readonly rows: number;
  readonly clusters: number | null;
  readonly sizes: 'equal' | 'unequal' | 'three';
  readonly shock: number;
  readonly skewed: boolean;
  readonly effect: 'equal' | 'worse' | 'better-0.5' | 'better-1' | 'better-2';
  /** The true difference in area. */
  readonly gain: number;
  readonly declared: boolean;
  readonly cycles: number;
}

/** One cycle as the trainer measured it, for the gate to decide on. */
export interface Sample {
  readonly metrics: Record<string, MetricEvidence>;
  readonly promoted: boolean;
  readonly rows: number;
  readonly clusters: number;
  readonly positives: number;
}

export interface SimulatedPromotion {
  readonly cells: Cell[];
  readonly detectable: number;
  /** How far the trainer's numbers were from the simulation's, in standard errors. */
  readonly checked: number[];
  readonly samples: Sample[];
}

/** What bench/gate/years.py says about one schedule and one kind of holdout. */
export interface Years {
  readonly cadence: 'weekly' | 'daily';
  readonly clusters: number;
  readonly sizes: 'equal' | 'unequal';
  readonly rows: number;
  readonly lines: number;
  readonly tests: number;
  readonly not_promotable: number;
  readonly alpha: number;
  readonly years: number;
  readonly promotions: number;
  readonly promotions_a_year: number;
  readonly charged_in_the_fullest_year: number;
  readonly to_charged: number;
  readonly naive_a_year: number;
  readonly allowed: number;
  readonly simulation_error: number;
}

/** One cycle whose labels the champion selected. */
export interface SelectedCycle {
  readonly difference: Interval;
  readonly rows: number;
  readonly labelled: number;
  readonly positives: number;
  readonly clusters: number;
  readonly randomised: number;
  readonly weighted: boolean;
  readonly largestWeight: number | null;
  readonly effectiveRows: number | null;
}

export interface Selected {
  readonly name: string;
  readonly cycles: number;
  readonly explored: number;
  readonly primary: number;
  readonly naive: number;
  readonly all_labels_known: number;
  readonly evidences: SelectedCycle[];
}

export interface CoveredMetric {
  readonly measured: number;
  readonly covered: number;
  readonly below: number;
  readonly above: number;
  readonly truth: number;
  readonly bothSides: boolean;
}

/** What bench/gate/coverage.py says about one kind of holdout. */
export interface Coverage {
  readonly name: string;
  readonly task: string;
  readonly clusters: number;
  readonly sizes: 'equal' | 'unequal';
  readonly simulations: number;
  readonly declared: boolean;
  readonly metrics: Record<string, CoveredMetric>;
}

export interface SimulationAnswer {
  readonly seed: number;
  readonly promotion: SimulatedPromotion[];
  readonly years: Years[];
  readonly selected: Selected[];
  readonly coverage: Coverage[];
}
