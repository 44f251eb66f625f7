import { DataSource, type QueryRunner, type ReplicationMode } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import { driverErrorOf, isBroken, translate } from './database-errors.js';
import { DATABASE_WAITS, type PersistenceOptions } from '../persistence-options.js';
import { QuietLogger } from './quiet-logger.js';

/** What TypeORM's Postgres runner has and its type does not say. */
interface PostgresRunner extends QueryRunner {
  releasePostgresConnection(error?: Error): Promise<void>;
}

type DataSourceSettings = Omit<PersistenceOptions, 'migrations'> & { onPoolError: (error: Error) => void };

/** A write was sent to a standby. */
const READ_ONLY = '25006';

/** TypeORM's data source with the pool settings of Gatehouse, and errors that mean "not now" told as `unavailable`. */
export class PooledDataSource extends DataSource {
  constructor(settings: DataSourceSettings) {
    const statement = settings.statementTimeoutMs ?? DATABASE_WAITS.statement;
    super({
      type: 'postgres',
      url: settings.url,
      entities: [...(settings.entities ?? [])] as never[],
      applicationName: `gatehouse-${settings.app}`,
      poolSize: settings.poolSize ?? 10,
      connectTimeoutMS: settings.connectionTimeoutMs ?? DATABASE_WAITS.connection,
      installExtensions: false,
      logger: new QuietLogger(),
      poolErrorHandler: settings.onPoolError,
      extra: {
        statement_timeout: statement,
        // Only when the server itself is stuck does this one strike, and the connection is lost.
        query_timeout: statement + 500,
        lock_timeout: DATABASE_WAITS.lock,
        idle_in_transaction_session_timeout: 10_000,
        idleTimeoutMillis: 30_000,
        keepAlive: true,
        // A connection that dies while it is lent out must not end the process; the pool sees it at its return.
        onConnect: (client: PoolClient) => void client.on('error', () => undefined),
      },
    });
  }

  /** The pool below TypeORM, for statements that need nothing of it. */
  get pool(): Pool {
    return (this.driver as unknown as { master: Pool }).master;
  }

  /**
   * Whether the connection on which `error` happened is to be destroyed. When the server has become a standby, the
   * connections that idle lead to the same one: they go too, and new ones find the new primary.
   */
  destroysConnection(error: unknown): boolean {
    if (!isBroken(error)) return false;
    if (driverErrorOf(error).code === READ_ONLY) this.dropIdle();
    return true;
  }

  private dropIdle(): void {
    for (let left = this.pool.idleCount; left > 0; left--) {
      void this.pool.connect().then(
        (client) => client.release(true),
        () => undefined,
      );
    }
  }

  /** TypeORM's runner as it comes, for a scope that watches over the connection itself. */
  bareQueryRunner(): QueryRunner {
    return super.createQueryRunner('master');
  }

  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = super.createQueryRunner(mode) as PostgresRunner;
    const query = runner.query.bind(runner);
    runner.query = async (...args: Parameters<QueryRunner['query']>): Promise<never> => {
      try {
        return (await query(...args)) as never;
      } catch (error) {
        if (this.destroysConnection(error)) await runner.releasePostgresConnection(error as Error);
        throw translate(error);
      }
    };
    return runner;
  }
}
