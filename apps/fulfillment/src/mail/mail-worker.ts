import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log, Shutdown } from '#boot';
import { LeaseWorker } from '../leases/lease-worker.js';
import { MailDeliveryService } from './mail-delivery.service.js';
import { MailRepository, type MailLease } from './mail.repository.js';

/** Longer than a look-up and all the time-outs of the mail server together. */
const LEASE_MS = 30_000;

/** Sends mail as soon as it is queued. */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly worker: LeaseWorker<MailLease>;

  constructor(mail: MailRepository, delivery: MailDeliveryService, log: Log, shutdown: Shutdown) {
    this.worker = new LeaseWorker(
      {
        name: 'mail',
        concurrency: 4,
        claim: (limit) => mail.claim(limit, LEASE_MS),
        work: (lease) => delivery.deliver(lease),
        dueInMs: () => mail.dueInMs(),
      },
      log,
    );
    shutdown.register('consumers', 'mail worker', () => this.worker.stop());
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.worker.stop();
  }

  wake(): void {
    this.worker.wake();
  }
}
