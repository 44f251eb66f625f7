import { Injectable } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { Health } from './health.js';

export interface ProbeAnswer {
  status: number;
  contentType: string;
  body: string;
}

const json = (status: number, value: object): ProbeAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/** The answers of `/health/live`, `/health/ready` and `/metrics`, whatever HTTP server asks for them. */
@Injectable()
export class Probes {
  constructor(
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {}

  /** The answer to a GET of `path`, or nothing when the path is none of the three. */
  async answer(path: string): Promise<ProbeAnswer | undefined> {
    if (path === '/health/live') return json(200, this.health.live());
    if (path === '/health/ready') {
      const readiness = await this.health.ready();
      return json(readiness.status === 'ready' ? 200 : 503, readiness);
    }
    if (path === '/metrics') return { status: 200, ...(await this.metrics.scrape()) };
    return undefined;
  }
}
