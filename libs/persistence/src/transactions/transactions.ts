import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import type { QueryResult, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { translate } from '../connection/database-errors.js';
import { PooledDataSource } from '../connection/pooled-data-source.js';
import { statement } from '../connection/statement.js';
import { TransactionEndedError, TransactionScope } from './transaction-scope.js';

/** The ambient transaction: repositories write into the one that the command's door has opened. */
@Injectable()
export class Transactions {
  private readonly scopes = new AsyncLocalStorage<TransactionScope>();

  constructor(
    private readonly dataSource: PooledDataSource,
    private readonly log: Log,
  ) {}

  /** Whether a transaction is open here. */
  get active(): boolean {
    return this.scope !== undefined;
  }

  /**
   * Does `work` in a transaction: commits when it returns, rolls back when it throws. Inside an open one it joins that;
   * should the joined work throw, the whole transaction is rolled back even if the error is caught on the way.
   * @throws Refusal `unavailable` when the database means "not now"
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.scope;
    if (outer) return this.join(outer, work);
    const scope = new TransactionScope(this.dataSource);
    const result = await this.toItsEnd(scope, work);
    for (const fn of scope.afterCommit) this.scopes.exit(() => this.callAfterCommit(fn));
    return result;
  }

  /** The open transaction's manager, else the data source's. */
  get manager(): EntityManager {
    return this.scope?.manager ?? this.dataSource.manager;
  }

  /** Rows of one statement, in the open transaction or by itself. The way of hot paths: prepared and without TypeORM. */
  async query<R extends QueryResultRow = QueryResultRow>(sql: string, params?: unknown[]): Promise<R[]> {
    return (await this.execute<R>(sql, params)).rows;
  }

  /** Like {@link query}, for statements of which the number of touched rows counts. */
  async execute<R extends QueryResultRow = QueryResultRow>(sql: string, params?: unknown[]): Promise<QueryResult<R>> {
    const scope = this.scope;
    return scope ? scope.query<R>(sql, params) : this.single<R>(sql, params);
  }

  /** Calls `fn` once the open transaction is committed, outside of it; at once when none is open. */
  afterCommit(fn: () => void): void {
    const scope = this.scope;
    if (scope) scope.afterCommit.push(fn);
    else fn();
  }

  /**
   * Does `work` once the open transaction is over, whether it was committed or rolled back, and before its caller hears
   * of that; at once when none is open. What has to stay would else take a second connection beside the one held here,
   * and as many at once as there are connections would wait for each other.
   */
  async afterEnd(work: () => Promise<void>): Promise<void> {
    const scope = this.scope;
    if (!scope) return work();
    scope.afterEnd.push(work);
  }

  /**
   * Does `work` so that its failure takes back only what it wrote itself, and the transaction goes on.
   * @throws Error when no transaction is open
   */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const scope = this.scope;
    if (!scope) throw new Error('Transactions.savepoint needs an open transaction.');
    const doomed = scope.doomed;
    await scope.query('savepoint work');
    try {
      const result = await work();
      await scope.query('release savepoint work');
      return result;
    } catch (error) {
      await scope.query('rollback to savepoint work; release savepoint work');
      scope.doomed = doomed;
      throw error;
    }
  }

  /** Does `work` as if no transaction were open: what must stay even when the transaction is rolled back. */
  outside<T>(work: () => T): T {
    return this.scopes.exit(work);
  }

  private get scope(): TransactionScope | undefined {
    const scope = this.scopes.getStore();
    if (scope?.ended) throw new TransactionEndedError();
    return scope;
  }

  /** The transaction is committed: a failing listener must not make it look as if it were not. */
  private callAfterCommit(fn: () => void): void {
    try {
      fn();
    } catch (error) {
      this.log.error('something that was to follow a commit failed', { error });
    }
  }

  private async join<T>(outer: TransactionScope, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      outer.doomed ??= error;
      throw error;
    }
  }

  private async toItsEnd<T>(scope: TransactionScope, work: () => Promise<T>): Promise<T> {
    try {
      return await this.attempt(scope, work);
    } finally {
      for (const after of scope.afterEnd) await after();
    }
  }

  private async attempt<T>(scope: TransactionScope, work: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await this.scopes.run(scope, work);
      if (scope.doomed !== undefined) throw scope.doomed;
    } catch (error) {
      await scope.rollback();
      throw error;
    }
    await scope.commit();
    return result;
  }

  /** Like `pool.query`, which would close the connection after every failed statement, a lost race included. */
  private async single<R extends QueryResultRow>(sql: string, params?: unknown[]): Promise<QueryResult<R>> {
    try {
      const client = await this.dataSource.pool.connect();
      let broken = false;
      try {
        return await client.query<R>(statement(sql, params));
      } catch (error) {
        broken = this.dataSource.destroysConnection(error);
        throw error;
      } finally {
        client.release(broken);
      }
    } catch (error) {
      throw translate(error);
    }
  }
}
