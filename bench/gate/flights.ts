import type { Benchmark } from '../benchmark.ts';
export async function flights(_quick: boolean): Promise<Benchmark> { return { ratios: {}, measured: {} }; }
