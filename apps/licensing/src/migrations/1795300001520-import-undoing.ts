import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which lines are undone, so that an undoing can go on, and finds what is left without looking at what is not. */
export class ImportUndoing1795300001520 implements MigrationInterface {
  readonly name = 'ImportUndoing1795300001520';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE import_rows ADD COLUMN undone_at timestamptz;
      CREATE INDEX import_rows_revoked ON import_rows (import_id, line) WHERE outcome = 'revoked' AND undone_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX import_rows_revoked;
      ALTER TABLE import_rows DROP COLUMN undone_at;
    `);
  }
}
