import { Injectable } from '@nestjs/common';
import { Shutdown } from '#boot';
import { SharedStore } from '#bus';
import { Overloaded, RateLimited } from '#contracts';
import { GatewayConfig } from '../gateway.config.js';
import { addressBlock } from './client-address.rules.js';
import { limitKey, limitsOf, type Limit, type LimitName, type Verdict } from './limit.rules.js';
import { RelaxedLimiter } from './relaxed-limiter.js';
import { StrictLimiter } from './strict-limiter.js';

/** Whatever takes headers: a reply, or the raw answer to an upgrade. */
export interface HeaderSink {
  header(name: string, value: string | number): unknown;
}

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

function tell(reply: HeaderSink, limit: Limit, verdict: Verdict): void {
  reply.header('ratelimit-limit', limit.requests);
  reply.header('ratelimit-remaining', verdict.remaining);
  reply.header('ratelimit-reset', seconds(verdict.resetMs));
  reply.header('ratelimit-policy', `${limit.requests};w=${limit.periodMs / 1000}`);
}

function enforce(reply: HeaderSink, limit: Limit, verdict: Verdict): void {
  if (limit.strict || !verdict.allowed) tell(reply, limit, verdict);
  if (verdict.allowed) return;
  const wait = seconds(verdict.retryAfterMs);
  // Storefronts come back after a 503 and give a 429 up, and with it the sale.
  if (limit.name === 'webhook') throw Overloaded.with({ retry_after: wait });
  throw RateLimited.with({ detail: `Too many requests; come back in ${wait} s.`, retry_after: wait });
}

/** Limits per client address, shared by all replicas, kept over restarts (R-BF2). Those per account are identity's. */
@Injectable()
export class LimitsService {
  private readonly limits: Record<LimitName, Limit>;
  private readonly strict: StrictLimiter;
  private readonly relaxed: RelaxedLimiter;

  constructor(config: GatewayConfig, store: SharedStore, shutdown: Shutdown) {
    this.limits = limitsOf(config);
    this.strict = new StrictLimiter(store);
    this.relaxed = new RelaxedLimiter(store);
    // Before the bus goes: what was counted here is told to the others.
    shutdown.register('http', 'limits', () => this.relaxed.stop());
  }

  /**
   * Counts a request.
   * @returns nothing when it is decided already, else a promise of the decision
   * @throws Refusal `rate_limited`; a refused request never reaches a service, so it signs nobody out (R-BF7)
   */
  check(name: LimitName, address: string, reply: HeaderSink): Promise<void> | undefined {
    const limit = this.limits[name];
    const block = addressBlock(address);
    if (!limit.strict) {
      enforce(reply, limit, this.relaxed.take(limit, block));
      return undefined;
    }
    return this.strict.take(limit, limitKey(name, block)).then((verdict) => enforce(reply, limit, verdict));
  }

  /** Tells the store at once what it would be told within a second. */
  flush(): Promise<void> {
    return this.relaxed.share();
  }
}
