import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Labels that have as many values as there are people or requests. */
const UNBOUNDED = /^(user|session|request|trace|token|order|event|license)_?id$|email|address|^ip$|^path$|^url$|name$/;

/** Buckets in seconds, from a cached look-up to a request that gave up. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The metrics of the process. The same name gives the same metric, so features need not share variables. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private collecting = false;

  /** Counts upwards; by convention named `gatehouse_<what>_total`. */
  counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return this.once(name, labelNames, () => new Counter({ name, help, labelNames, registers: [this.registry] }));
  }

  /** A value that goes up and down; `collect` is asked at each scrape. */
  gauge<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    collect?: (gauge: Gauge<L>) => void | Promise<void>,
  ): Gauge<L> {
    return this.once(name, labelNames, () => {
      const asked = collect && { collect: (): void | Promise<void> => collect(made) };
      const made: Gauge<L> = new Gauge({ name, help, labelNames, registers: [this.registry], ...asked });
      return made;
    });
  }

  /** A distribution, of seconds unless `buckets` says otherwise. */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
    buckets: readonly number[] = SECONDS,
  ): Histogram<L> {
    return this.once(
      name,
      labelNames,
      () => new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] }),
    );
  }

  /** Adds memory, CPU, garbage collection and event-loop lag of the process. */
  collectProcess(): void {
    if (this.collecting) return;
    this.collecting = true;
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 20 });
  }

  /** Everything in Prometheus' text format. */
  async scrape(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private once<M>(name: string, labelNames: readonly string[], make: () => M): M {
    const unbounded = labelNames.find((l) => UNBOUNDED.test(l));
    if (unbounded) throw new Error(`metric ${name}: label ${unbounded} has no bound; leave it out`);
    return (this.registry.getSingleMetric(name) as M | undefined) ?? make();
  }
}
