import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts of the old system sign in by name, too; and those whose password has not moved yet are found at once. */
export class LegacyNames1795300000102 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX idx_users_username_lower ON users (lower(username));
      CREATE INDEX idx_users_waiting ON users (id) WHERE password_hash IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idx_users_waiting, idx_users_username_lower');
  }
}
