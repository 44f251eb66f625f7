import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whoever says goodbye is gone sooner than somebody of whom nothing is heard. */
export class Departures1795300001100 implements MigrationInterface {
  name = 'Departures1795300001100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE website_users ADD COLUMN left_at timestamptz;
      COMMENT ON COLUMN website_users.left_at IS
        'when the last connection was closed in due form; void once the person is seen again';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE website_users DROP COLUMN left_at');
  }
}
