import type { Benchmark, BenchmarkOptions } from './benchmark.ts';
import { flights } from './gate/flights.ts';
import { simulation } from './gate/simulation.ts';

/**
 * How often the gate is wrong, beside a gate that promotes the larger number and one whose interval treats rows
 * as independent: on simulated challengers whose worth is known or, with `--flights`, on real ones whose next two weeks are.
 *
 * Both write what they measured into docs/gate.md, but not with `--quick`.
 */
export default async function gate({ quick, flights: onFlights }: BenchmarkOptions): Promise<Benchmark> {
  return onFlights ? await flights(quick) : await simulation(quick);
}
