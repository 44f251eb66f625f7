import { readdirSync, readFileSync } from 'node:fs';

/** One thing that is measured: runs for about `seconds` and says how many operations it did. */
export interface Load {
  name: string;
  run(seconds: number): Promise<Sample>;
  /** Processes whose CPU time counts as the load's; the load generator is not among them. */
  pids: number[];
}

export interface Sample {
  operations: number;
  seconds: number;
  /** Milliseconds at the 50th and 99th percentile, where the load knows them. */
  p50?: number;
  p99?: number;
}

export interface Figure {
  name: string;
  perSecond: number;
  /** Microseconds of CPU over all its processes, per operation. */
  cpuMicros: number;
  p50?: number;
  p99?: number;
}

export interface Comparison {
  a: Figure;
  b: Figure;
  /** Median over the pairs of a's rate divided by b's. */
  ratio: number;
}

const CLOCK_TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used so far; 0 where /proc does not tell. */
function cpuSeconds(pid: number): number {
  try {
    // The second field is the command in parentheses and may hold spaces: count from behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

/** Resident memory of a process in MiB; 0 where /proc does not tell. */
export function residentMiB(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Memory of a process and its children in MiB, what they share counted once (PSS). */
export const familyMiB = (pid: number): number => familyOf(pid).reduce((sum, each) => sum + proportionalMiB(each), 0);

/** CPU seconds that a process and its children have used so far; those that have ended are left out. */
export const familyCpuSeconds = (pid: number): number => familyOf(pid).reduce((sum, each) => sum + cpuSeconds(each), 0);

const familyOf = (pid: number): number[] => [
  pid,
  ...readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid)
    .map(Number),
];

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
const parentOf = (pid: number): number => Number(/PPid:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1]);
const proportionalMiB = (pid: number): number =>
  Number(/Pss:\s+(\d+)/.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024;

export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** @param share of the values, which are sorted, that are at most the answer; 0 when there are none */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** The 50th and 99th percentile of milliseconds that are sorted, in words. */
export const spread = (took: readonly number[]): string =>
  `p50 ${percentile(took, 0.5).toFixed(1)} ms  p99 ${percentile(took, 0.99).toFixed(1)} ms`;

interface Measured extends Sample {
  cpu: number;
}

async function measure(load: Load, seconds: number): Promise<Measured> {
  const used = () => load.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = used();
  const sample = await load.run(seconds);
  return { ...sample, cpu: used() - before };
}

const figureOf = (name: string, samples: Measured[]): Figure => ({
  name,
  perSecond: median(samples.map((s) => s.operations / s.seconds)),
  cpuMicros: median(samples.map((s) => (s.cpu / Math.max(s.operations, 1)) * 1e6)),
  p50: samples[0]?.p50 === undefined ? undefined : median(samples.map((s) => s.p50!)),
  p99: samples[0]?.p99 === undefined ? undefined : median(samples.map((s) => s.p99!)),
});

/**
 * Measures two loads in turn in one run, so that a noisy machine disturbs both alike: a, b, a, b, …
 * @param pairs how many of each; the first pair is thrown away as warm-up
 */
export async function compare(a: Load, b: Load, { pairs = 6, seconds = 4 } = {}): Promise<Comparison> {
  const ofA: Measured[] = [];
  const ofB: Measured[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const [first, second] = [await measure(a, seconds), await measure(b, seconds)];
    if (pair === 0) continue;
    ofA.push(first);
    ofB.push(second);
  }
  const ratios = ofA.map((s, i) => s.operations / s.seconds / (ofB[i]!.operations / ofB[i]!.seconds));
  return { a: figureOf(a.name, ofA), b: figureOf(b.name, ofB), ratio: median(ratios) };
}
