import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What of a rejected line has to be mended. */
export class ImportFields1795300001510 implements MigrationInterface {
  readonly name = 'ImportFields1795300001510';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE import_rows ADD COLUMN field text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE import_rows DROP COLUMN field');
  }
}
