import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose account is closed: until it is open again, what they keep here is handed to nobody. */
export class AccountClosures1795300001500 implements MigrationInterface {
  name = 'AccountClosures1795300001500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE account_closures (
        user_id uuid NOT NULL,
        reason text NOT NULL,
        closed boolean NOT NULL,
        told_at timestamptz(3) NOT NULL,
        PRIMARY KEY (user_id, reason)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_closures');
  }
}
