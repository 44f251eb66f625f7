import { Injectable } from '@nestjs/common';
import { Health } from '../health/health.js';
import { Log } from '../log/log.js';

/** What stops when. Within one phase everything stops at once. */
export const SHUTDOWN_PHASES = ['intake', 'consumers', 'http', 'bus', 'app', 'pools'] as const;
export type ShutdownPhase = (typeof SHUTDOWN_PHASES)[number];

interface Step {
  phase: ShutdownPhase;
  name: string;
  stop: () => Promise<void> | void;
}

/**
 * Ends the process in order: not ready, then what takes new work (`intake`), relays and consumers, HTTP, the bus,
 * Nest itself (`app`), and at last the database pools. A step that fails does not keep the later ones from running.
 */
@Injectable()
export class Shutdown {
  private readonly steps: Step[] = [];
  private running?: Promise<boolean>;

  constructor(
    private readonly health: Health,
    private readonly log: Log,
  ) {}

  /** Adds a step; `stop` resolves when nothing of it is in flight any more. */
  register(phase: ShutdownPhase, name: string, stop: () => Promise<void> | void): void {
    this.steps.push({ phase, name, stop });
  }

  /** Whether the process is on its way out. */
  get begun(): boolean {
    return this.running !== undefined;
  }

  /**
   * Runs all steps, once; whoever asks again gets the same promise.
   * @param limitMs how long it may take in all
   * @returns whether everything stopped cleanly and in time
   */
  run(reason: string, limitMs = 15_000): Promise<boolean> {
    this.running ??= this.drain(reason, limitMs);
    return this.running;
  }

  private async drain(reason: string, limitMs: number): Promise<boolean> {
    this.health.stopping();
    this.log.info('stopping', { reason });
    const open = new Set<string>();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => {
        this.log.error('the drain took too long', { limit_ms: limitMs, unfinished: [...open] });
        resolve(false);
      }, limitMs);
    });
    const clean = await Promise.race([this.stopAll(open), limit]);
    clearTimeout(timer);
    if (clean) this.log.info('stopped');
    return clean;
  }

  private async stopAll(open: Set<string>): Promise<boolean> {
    let clean = true;
    for (const phase of SHUTDOWN_PHASES) {
      const stops = this.steps.filter((s) => s.phase === phase).map((s) => this.stop(s, open));
      if ((await Promise.all(stops)).includes(false)) clean = false;
    }
    return clean;
  }

  private async stop({ name, stop }: Step, open: Set<string>): Promise<boolean> {
    open.add(name);
    try {
      await stop();
      return true;
    } catch (error) {
      this.log.error(`${name} did not stop cleanly`, { error });
      return false;
    } finally {
      open.delete(name);
    }
  }
}
