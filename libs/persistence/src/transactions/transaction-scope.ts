import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import type { EntityManager, QueryRunner } from 'typeorm';
import { translate } from '../connection/database-errors.js';
import type { PooledDataSource } from '../connection/pooled-data-source.js';
import { statement } from '../connection/statement.js';

/** A transaction was used after its end: somewhere a promise is not awaited. */
export class TransactionEndedError extends Error {
  override readonly name = 'TransactionEndedError';

  constructor() {
    super('The transaction has ended, but something in it still runs: a promise was not awaited. Nothing was written.');
  }
}

/**
 * One transaction on one connection. The connection is taken and `BEGIN` sent with the first statement, so work that
 * needs no database for a while (hashing a password) does not keep one from others.
 */
export class TransactionScope {
  readonly afterCommit: (() => void)[] = [];
  readonly afterEnd: (() => Promise<void>)[] = [];
  /** Why it cannot be committed any more, although the outer work may not know. */
  doomed?: unknown;
  private open = true;
  private client?: Promise<PoolClient>;
  private broken = false;
  private last: Promise<unknown> = Promise.resolve();
  private runner?: QueryRunner;

  constructor(private readonly dataSource: PooledDataSource) {}

  get ended(): boolean {
    return !this.open;
  }

  /** TypeORM's manager on this transaction's connection. */
  get manager(): EntityManager {
    this.assertOpen();
    return (this.runner ??= this.makeRunner()).manager;
  }

  /** One statement in the transaction; statements of concurrent callers go one after another. */
  query<R extends QueryResultRow>(sql: string, params?: unknown[]): Promise<QueryResult<R>> {
    return this.inTurn(async () => (await this.connection()).query<R>(statement(sql, params)));
  }

  async commit(): Promise<void> {
    this.open = false;
    await this.last;
    const client = await this.client?.catch((error: unknown) => this.fail(error));
    if (!client) return;
    try {
      const { command } = await client.query('COMMIT');
      // Postgres answers the COMMIT of a failed transaction with ROLLBACK, and with no error.
      if (command !== 'COMMIT')
        throw new Error('A statement failed and its error was swallowed: nothing was committed.');
    } catch (error) {
      this.fail(error);
    } finally {
      this.release(client);
    }
  }

  async rollback(): Promise<void> {
    this.open = false;
    await this.last;
    const client = await this.client?.catch(() => undefined);
    if (!client) return;
    try {
      if (!this.broken) await client.query('ROLLBACK');
    } catch {
      this.broken = true;
    } finally {
      this.release(client);
    }
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.assertOpen();
    const result = this.last.then(run).catch((error: unknown) => this.fail(error));
    this.last = result.catch(() => undefined);
    return result;
  }

  private connection(): Promise<PoolClient> {
    return (this.client ??= this.begin());
  }

  private async begin(): Promise<PoolClient> {
    const client = await this.dataSource.pool.connect();
    try {
      await client.query('BEGIN');
      return client;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  private fail(error: unknown): never {
    this.broken ||= this.dataSource.destroysConnection(error);
    throw translate(error);
  }

  private release(client: PoolClient): void {
    client.release(this.broken);
    if (this.runner) Object.assign(this.runner, { isReleased: true });
  }

  private assertOpen(): void {
    if (!this.open) throw new TransactionEndedError();
  }

  /** A runner that believes to be inside a transaction, and gets its connection from here. */
  private makeRunner(): QueryRunner {
    const runner = this.dataSource.bareQueryRunner();
    const query = runner.query.bind(runner);
    runner.connect = () => this.connection();
    runner.query = (...args: Parameters<QueryRunner['query']>) =>
      this.inTurn<never>(() => query(...args) as Promise<never>);
    Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
    return runner;
  }
}
