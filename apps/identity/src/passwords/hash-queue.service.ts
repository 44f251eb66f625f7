import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Overloaded } from '#contracts';

interface Waiting {
  deadline: number;
  start: () => void;
  refuse: (reason: unknown) => void;
}

/** How a queue is bounded. */
export interface HashQueueOptions {
  /** Jobs at work at once; default: the cores of the machine. */
  workers?: number;
  /** Jobs that may wait. */
  capacity: number;
}

/** First guess at how long one job takes; the queue learns the truth from the jobs it runs. */
const FIRST_ESTIMATE_MS = 20;
const LEARNING = 0.1;

/**
 * Runs costly jobs, as many at once as there are cores, so that a flood of sign-ins takes neither the memory nor the
 * event loop. A job that cannot be done before its deadline is refused when it comes, not when it is too late.
 */
@Injectable()
export class HashQueue {
  private readonly workers: number;
  private readonly waiting: Waiting[] = [];
  private busy = 0;
  private jobMs = FIRST_ESTIMATE_MS;

  constructor(private readonly options: HashQueueOptions) {
    this.workers = options.workers ?? availableParallelism();
  }

  /** Jobs at work and jobs waiting, for metrics. */
  get load(): { busy: number; waiting: number } {
    return { busy: this.busy, waiting: this.waiting.length };
  }

  /**
   * Runs `job` as soon as a worker is free.
   * @param deadline Unix milliseconds after which nobody wants the result
   * @throws Refusal `overloaded` with `retry_after` when the queue is full or the job would come too late
   */
  async run<T>(deadline: number, job: () => Promise<T>): Promise<T> {
    await this.turn(deadline);
    const started = performance.now();
    try {
      return await job();
    } finally {
      this.jobMs += (performance.now() - started - this.jobMs) * LEARNING;
      this.busy--;
      this.next();
    }
  }

  private async turn(deadline: number): Promise<void> {
    const expectedWait = ((this.waiting.length + this.busy) / this.workers) * this.jobMs;
    if (this.waiting.length >= this.options.capacity) throw this.overloaded();
    if (this.busy >= this.workers && Date.now() + expectedWait + this.jobMs > deadline) throw this.overloaded();
    if (this.busy < this.workers) {
      this.busy++;
      return;
    }
    await new Promise<void>((start, refuse) => this.waiting.push({ deadline, start, refuse }));
  }

  private next(): void {
    while (this.busy < this.workers) {
      const job = this.waiting.shift();
      if (!job) return;
      if (Date.now() + this.jobMs > job.deadline) {
        job.refuse(this.overloaded());
        continue;
      }
      this.busy++;
      job.start();
    }
  }

  private overloaded(): Error {
    const backlogMs = (this.waiting.length / this.workers) * this.jobMs;
    return Overloaded.with({ retry_after: Math.max(1, Math.ceil(backlogMs / 1_000)) });
  }
}
