import fs from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';

/** All files below a folder. */
export const filesIn = (dir: string): string[] =>
  fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

/** Every row of every table of a database as text, by table. */
export async function rowsOf(url: string): Promise<Map<string, string>> {
  const db = new Client({ connectionString: url });
  await db.connect();
  try {
    const { rows } = await db.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const tables = new Map<string, string>();
    for (const { name } of rows) {
      const found = await db.query<{ rows: string | null }>(
        `SELECT string_agg(t::text, E'\\n') AS rows FROM ${name} t`,
      );
      tables.set(name, found.rows[0]!.rows ?? '');
    }
    return tables;
  } finally {
    await db.end();
  }
}
