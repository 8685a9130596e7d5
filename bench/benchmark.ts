/** What a benchmark answers; `ratios` is what it is judged by. */
export interface Benchmark {
  readonly ratios: Readonly<Record<string, number>>;
  /** The measurements behind the ratios, each with its unit in its name. */
  readonly measured: Readonly<Record<string, number | readonly number[] | string>>;
}

/** What a person may ask for; a benchmark that has no such thing does what it always does. */
export interface BenchmarkOptions {
  /** A smoke test: the same with far fewer repetitions. */
  readonly quick: boolean;
  /** The gate's: real flights instead of a simulation. */
  readonly flights: boolean;
  /** The cycle's: 20,000 rows. */
  readonly small: boolean;
  /** The extract's: where the rows go, into a folder or to a server that speaks S3's protocol. */
  readonly store: 'folder' | 's3';
  /** The small cycle's: the folder of another working tree, set up, to measure in the same sitting. */
  readonly tree: string | undefined;
}

/** A benchmark's module: its default export. It reports progress on standard error and cleans up after itself. */
export type RunBenchmark = (options: BenchmarkOptions) => Promise<Benchmark>;

/** Progress, which never mixes with the result. */
export function print(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The middle one; of an even number the lower. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new RangeError('the median of nothing');
  return middle;
}

/** Four digits tell all that such a measurement knows. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
