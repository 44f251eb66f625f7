import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Data keys that are replaced and counted, and owners whose keys are gone for ever. */
export class Vault1795300000500 implements MigrationInterface {
  name = 'Vault1795300000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE data_keys
        ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired')),
        ADD COLUMN seals bigint NOT NULL DEFAULT 0 CHECK (seals >= 0),
        DROP CONSTRAINT data_keys_owner_type_owner_id_purpose_key;
      CREATE UNIQUE INDEX data_keys_one_active ON data_keys (owner_type, owner_id, purpose) WHERE state = 'active';
      CREATE INDEX data_keys_owner ON data_keys (owner_type, owner_id);
      CREATE INDEX data_keys_kek ON data_keys (kek_id, id);

      -- Without it a late write would give an erased owner a new key.
      CREATE TABLE erased_owners (
        owner_type text NOT NULL,
        owner_id text NOT NULL,
        erased_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (owner_type, owner_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE erased_owners;
      DROP INDEX data_keys_one_active, data_keys_owner, data_keys_kek;
      DELETE FROM data_keys WHERE state = 'retired';
      ALTER TABLE data_keys
        DROP COLUMN state, DROP COLUMN seals,
        ADD CONSTRAINT data_keys_owner_type_owner_id_purpose_key UNIQUE (owner_type, owner_id, purpose);
    `);
  }
}
