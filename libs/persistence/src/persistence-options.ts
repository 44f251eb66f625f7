import type { EntitySchema, MigrationInterface } from 'typeorm';

type Class<T = unknown> = new (...args: never[]) => T;

export type EntityClass = Class | EntitySchema;
export type MigrationClass = new () => MigrationInterface;

export interface PersistenceOptions {
  /** Stands in `pg_stat_activity` and in the lock of the migrations. */
  app: string;
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** Connections of this replica; default 10. */
  poolSize?: number;
  entities?: readonly EntityClass[];
  /** The app's migrations in order; the tables of this lib come before them by themselves. */
  migrations: readonly MigrationClass[];
  /** Milliseconds until a statement is given up; default {@link DATABASE_WAITS}. */
  statementTimeoutMs?: number;
  /** Milliseconds that a caller waits for a free connection; default {@link DATABASE_WAITS}. */
  connectionTimeoutMs?: number;
}

/** Milliseconds that are waited for the database. What takes longer is `unavailable`: it is to be asked again. */
export const DATABASE_WAITS = { connection: 2_000, lock: 2_000, statement: 4_000 };
