import type { INestApplicationContext } from '@nestjs/common';
import type { AppConfig } from '../config/app.config.js';
import { Health } from '../health/health.js';
import { Log } from '../log/log.js';
import { Metrics } from '../metrics/metrics.js';
import { Shutdown } from '../shutdown/shutdown.js';

/** A crash that is followed by this code has been logged and drained; supervisors restart it. */
const CRASHED = 1;

/**
 * Ties a running Nest app to its process: signals and crashes drain it in order, then the process ends with code 0
 * when everything stopped cleanly, else 1. The app is ready from here on.
 */
export function supervise(app: INestApplicationContext, config: Pick<AppConfig, 'drainSeconds'>): void {
  const log = app.get(Log);
  const shutdown = app.get(Shutdown);
  shutdown.register('app', 'nest', () => app.close());
  const leave = async (reason: string, code: number): Promise<void> => {
    const clean = await shutdown.run(reason, config.drainSeconds * 1_000);
    process.exit(clean ? code : CRASHED);
  };
  // A terminal signals the whole group and the starter signals again: the second signal changes nothing.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void leave(signal, 0));
  for (const crash of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(crash, (error: unknown) => {
      log.fatal(`the process ends after an ${crash}`, { error });
      void leave(crash, CRASHED);
    });
  }
  app.get(Metrics).collectProcess();
  app.get(Health).started();
}
