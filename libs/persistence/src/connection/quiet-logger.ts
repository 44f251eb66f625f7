import type { Logger } from 'typeorm';

/** TypeORM prints failed migrations to the console whatever it is told; we tell errors where they are caught. */
export class QuietLogger implements Logger {
  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}
