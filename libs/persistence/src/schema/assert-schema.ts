import { StartProblem } from '#boot';
import type { Pool } from 'pg';
import { baseMigrations } from '../migrations/index.js';
import type { MigrationClass } from '../persistence-options.js';

/** The database is older than the code that wants to use it. */
export class SchemaOutdated extends StartProblem {
  constructor(app: string, missing: readonly string[]) {
    super({
      what: `The database of ${app} is older than this version of ${app}`,
      why: `${missing.length} migration${missing.length === 1 ? ' is' : 's are'} missing: ${missing.join(', ')}.`,
      fix: 'Run `npm run migrate` (in Kubernetes: the migration job of this release) and start again.',
    });
    this.name = 'SchemaOutdated';
  }
}

/** Migrations that the code knows and the database does not have. */
export async function missingMigrations(pool: Pool, migrations: readonly MigrationClass[]): Promise<string[]> {
  const known = [...baseMigrations, ...migrations].map((m) => m.name);
  const { rows: tables } = await pool.query<{ found: boolean }>(
    `select to_regclass('migrations') is not null as found`,
  );
  if (!tables[0]!.found) return known;
  const { rows } = await pool.query<{ name: string }>('select name from migrations');
  const applied = new Set(rows.map((r) => r.name));
  return known.filter((name) => !applied.has(name));
}

/**
 * Refuses a schema that is older than the code. A newer one is welcome: old code runs on while a release rolls out.
 * @throws SchemaOutdated
 */
export async function assertSchema(app: string, pool: Pool, migrations: readonly MigrationClass[]): Promise<void> {
  const missing = await missingMigrations(pool, migrations);
  if (missing.length) throw new SchemaOutdated(app, missing);
}
