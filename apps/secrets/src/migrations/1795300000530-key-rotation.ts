import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When data keys were wrapped, and the rotations of the key-encryption key that are under way. */
export class KeyRotation1795300000530 implements MigrationInterface {
  name = 'KeyRotation1795300000530';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE data_keys ADD COLUMN wrapped_at timestamptz NOT NULL DEFAULT now();
      CREATE INDEX data_keys_active_since ON data_keys (created_at) WHERE state = 'active' AND owner_type = 'user';

      -- All that was wrapped before is wrapped anew, whichever key it was wrapped by.
      CREATE TABLE kek_rotations (
        started_at timestamptz PRIMARY KEY DEFAULT now(),
        finished_at timestamptz
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE kek_rotations;
      DROP INDEX data_keys_active_since;
      ALTER TABLE data_keys DROP COLUMN wrapped_at;
    `);
  }
}
