import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { Log, Shutdown } from '#boot';
import { DataSource } from 'typeorm';
import { DatabaseWatch } from './connection/database-watch.js';
import { openDataSource } from './connection/open-data-source.js';
import { PooledDataSource } from './connection/pooled-data-source.js';
import { DeadLetterRepository } from './dead-letters/dead-letter.repository.js';
import { InboxRepository } from './inbox/inbox.repository.js';
import { Outbox } from './outbox/outbox.js';
import { OutboxRepository } from './outbox/outbox.repository.js';
import type { PersistenceOptions } from './persistence-options.js';
import { Transactions } from './transactions/transactions.js';

const PROVIDERS: Provider[] = [
  Transactions,
  Outbox,
  OutboxRepository,
  InboxRepository,
  DeadLetterRepository,
  DatabaseWatch,
];

/** The app's own database, for every module without importing it again. Needs `BootModule`. */
@Module({})
export class PersistenceModule implements OnApplicationShutdown {
  constructor(
    @Inject(PooledDataSource) private readonly dataSource: PooledDataSource,
    private readonly shutdown: Shutdown,
  ) {
    shutdown.register('pools', 'postgres', () => this.close());
  }

  static forApp(options: PersistenceOptions): DynamicModule {
    const providers: Provider[] = [
      { provide: PooledDataSource, inject: [Log], useFactory: (log: Log) => openDataSource(options, log) },
      { provide: DataSource, useExisting: PooledDataSource },
      ...PROVIDERS,
    ];
    return { module: PersistenceModule, global: true, providers, exports: providers };
  }

  /** Closes the pool of an app that ends without the shutdown order, as tests do. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.shutdown.begun) await this.close();
  }

  private async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
