import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A line of an export that sold several pieces makes several licenses. */
export class ImportRows1795300001410 implements MigrationInterface {
  readonly name = 'ImportRows1795300001410';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE import_rows DROP CONSTRAINT import_rows_pkey;
      CREATE UNIQUE INDEX import_rows_once ON import_rows (import_id, line, coalesce(license_key, ''));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX import_rows_once;
      DELETE FROM import_rows a USING import_rows b
      WHERE a.import_id = b.import_id AND a.line = b.line AND a.ctid > b.ctid;
      ALTER TABLE import_rows ADD PRIMARY KEY (import_id, line);
    `);
  }
}
