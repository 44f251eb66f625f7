import { Injectable } from '@nestjs/common';
import { scrubText } from '../log/scrub.js';

/** @throws when the dependency cannot be used; the message says why. */
export type HealthCheck = () => Promise<void> | void;

export interface DependencyHealth {
  status: 'up' | 'down';
  /** Why it is down. */
  reason?: string;
}

export interface Readiness {
  status: 'ready' | 'not_ready' | 'starting' | 'stopping';
  dependencies: Record<string, DependencyHealth>;
}

const CHECK_MS = 2_000;

function withLimit(check: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
    check.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Whether this process lives, and whether it can serve. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, HealthCheck>();
  private asking?: Promise<Record<string, DependencyHealth>>;
  private phase: 'starting' | 'serving' | 'stopping' = 'starting';

  /** Adds a dependency under the name by which `/health/ready` tells of it. */
  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** From now on the process takes work. */
  started(): void {
    if (this.phase === 'starting') this.phase = 'serving';
  }

  /** From now on the process is not ready, for good. */
  stopping(): void {
    this.phase = 'stopping';
  }

  /** The event loop turns; no dependency is asked, a restart would not mend it. */
  live(): { status: 'live' } {
    return { status: 'live' };
  }

  /** Asks every dependency at once; whoever comes while they are being asked gets the same answer. */
  async ready(): Promise<Readiness> {
    this.asking ??= this.askAll().finally(() => (this.asking = undefined));
    const dependencies = await this.asking;
    if (this.phase !== 'serving') return { status: this.phase, dependencies };
    const up = Object.values(dependencies).every((d) => d.status === 'up');
    return { status: up ? 'ready' : 'not_ready', dependencies };
  }

  private async askAll(): Promise<Record<string, DependencyHealth>> {
    const asked = [...this.checks].map(async ([name, check]) => [name, await this.ask(check)] as const);
    return Object.fromEntries(await Promise.all(asked));
  }

  private async ask(check: HealthCheck): Promise<DependencyHealth> {
    try {
      await withLimit(Promise.resolve().then(check));
      return { status: 'up' };
    } catch (e) {
      return { status: 'down', reason: scrubText(e instanceof Error ? e.message : String(e)) };
    }
  }
}
