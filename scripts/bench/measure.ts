/** Shared by the benchmarks: medians over interleaved rounds, so that a noisy neighbour hits every case alike. */
export interface Case {
  readonly name: string;
  /** @returns how many units of work were done */
  run(): number | Promise<number>;
}

export interface Measured {
  readonly name: string;
  /** Median time of one unit, in microseconds. */
  readonly unitUs: number;
}

export async function measure(cases: readonly Case[], rounds: number): Promise<Measured[]> {
  const times = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, one] of cases.entries()) {
      const start = process.hrtime.bigint();
      const units = await one.run();
      times[i]!.push(Number(process.hrtime.bigint() - start) / 1000 / units);
    }
  }
  return cases.map(({ name }, i) => ({ name, unitUs: median(times[i]!) }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints each case beside the first, the baseline. */
export function print(title: string, measured: readonly Measured[], unit: string): void {
  const [baseline] = measured;
  console.log(title);
  for (const { name, unitUs } of measured) {
    const ratio = baseline === undefined ? 1 : unitUs / baseline.unitUs;
    console.log(`  ${name.padEnd(46)} ${unitUs.toFixed(2).padStart(10)} µs/${unit}   ${ratio.toFixed(2)} × baseline`);
  }
}
