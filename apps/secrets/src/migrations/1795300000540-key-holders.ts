import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signing keys that another provider holds. */
export class KeyHolders1795300000540 implements MigrationInterface {
  name = 'KeyHolders1795300000540';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("ALTER TABLE signing_keys ADD COLUMN provider text NOT NULL DEFAULT 'local'");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE signing_keys DROP COLUMN provider');
  }
}
