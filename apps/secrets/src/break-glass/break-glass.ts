import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BootModule, Log, readConfig } from '#boot';
import { PersistenceModule } from '#persistence';
import { AuditLog } from '../audit/audit-log.service.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { DataKeysRepository } from '../kek/data-keys.repository.js';
import { DataKeysService } from '../kek/data-keys.service.js';
import { Keks } from '../kek/keks.js';
import { migrations } from '../migrations/index.js';
import { openProviders } from '../providers/open-provider.js';
import { SecretsConfig } from '../secrets.config.js';
import { BreakGlass } from './break-glass.service.js';
import { KeptTablesRepository } from './kept-tables.repository.js';

export { makeRecoveryKey } from './recipient.js';

@Module({})
class BreakGlassModule {}

/**
 * Works on the secrets' database without the service, the broker or the gateway: with what the service's own
 * environment says.
 * @throws ConfigProblems, StartProblem
 */
export async function withBreakGlass<T>(
  env: NodeJS.ProcessEnv,
  work: (breakGlass: BreakGlass) => Promise<T>,
): Promise<T> {
  const config = readConfig(SecretsConfig, env);
  const { keks } = await openProviders(config);
  const log = Log.create({ app: 'secrets', level: env.LOG_LEVEL ? config.logLevel : 'warn' });
  const context = await NestFactory.createApplicationContext(
    {
      module: BreakGlassModule,
      imports: [
        BootModule.forApp('secrets', config, log),
        PersistenceModule.forApp({ app: 'secrets', url: config.databaseUrl, poolSize: 3, migrations }),
      ],
      providers: [
        { provide: Keks, useValue: keks },
        ...[AuditLog, AuditRepository, BreakGlass, DataKeysRepository, DataKeysService, KeptTablesRepository],
      ],
    },
    { logger: false, abortOnError: false },
  );
  try {
    return await work(context.get(BreakGlass));
  } finally {
    await context.close();
  }
}
