import type { Stack } from '../test/support/index.js';
import type { SignedIn } from '../test/support/people.js';
import type { Comparison, Figure } from './harness.js';

/** What every figure measures on: a private running system and a person with an account. */
export interface BenchContext {
  stack: Stack;
  person: SignedIn;
}

/** One line of the report; `target` is the least ratio that the design asks for. */
export interface Row {
  id: string;
  what: string;
  lines: string[];
  ratio?: number;
  target?: number;
}

const lineOf = (f: Figure): string => {
  const latency = f.p50 === undefined ? '' : `  p50 ${f.p50.toFixed(1)} ms  p99 ${f.p99!.toFixed(1)} ms`;
  return `${f.name.padEnd(34)} ${f.perSecond.toFixed(0).padStart(7)}/s  ${f.cpuMicros.toFixed(0).padStart(6)} µs CPU${latency}`;
};

export const rateRow = (id: string, what: string, { a, b, ratio }: Comparison, target?: number): Row => ({
  id,
  what,
  lines: [lineOf(a), lineOf(b)],
  ratio,
  target,
});

/** @returns whether the row reaches its target */
export function print({ id, what, lines, ratio, target }: Row): boolean {
  const reached = target === undefined || ratio === undefined || ratio >= target;
  const verdict = target === undefined ? '' : `  target ≥ ${target}  ${reached ? 'reached' : 'MISSED'}`;
  const head = ratio === undefined ? `${id} ${what}` : `${id} ${what}: ratio ${ratio.toFixed(3)}${verdict}`;
  process.stdout.write(`\n${head}\n${lines.map((l) => `   ${l}\n`).join('')}`);
  return reached;
}
