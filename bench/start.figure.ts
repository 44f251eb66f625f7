import { startStack } from '../test/support/index.js';
import { APPS } from '#contracts';
import { familyMiB, residentMiB } from './harness.js';
import type { Row } from './report.js';

const IDLE_MS = 5_000;

/** P9: seconds from nothing running to everything ready with state in place, and the memory of all of it idle. */
export async function startFigure(): Promise<Row> {
  const first = await startStack();
  await first.stop();
  const begun = performance.now();
  const again = await startStack({ dir: first.dir });
  const seconds = (performance.now() - begun) / 1_000;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const programs = [...APPS, 'stand-ins'].map((name) => [name, residentMiB(again.pid(name)!)] as const);
  const memory = [
    ...programs,
    ['nats', residentMiB(again.natsPid)] as const,
    ['postgres', familyMiB(again.postgresPid)] as const,
  ];
  const total = memory.reduce((sum, [, mib]) => sum + mib, 0);
  await again.stop();
  return {
    id: 'P9',
    what: 'warm start and idle memory',
    lines: [
      `ready after ${seconds.toFixed(1)} s (target < 10 s)`,
      `${total.toFixed(0)} MiB resident (target < 900): ${memory.map(([n, m]) => `${n} ${m.toFixed(0)}`).join(', ')}`,
    ],
  };
}
