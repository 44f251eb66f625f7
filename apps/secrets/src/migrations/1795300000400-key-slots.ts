import type { MigrationInterface, QueryRunner } from 'typeorm';

const allow = (purposes: string): string => `
  ALTER TABLE signing_keys
    DROP CONSTRAINT signing_keys_purpose_check,
    ADD CONSTRAINT signing_keys_purpose_check CHECK (purpose IN (${purposes}))`;

const one = (columns: string): string => `
  DROP INDEX signing_keys_one_active, signing_keys_one_next;
  CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (${columns}) WHERE state = 'active';
  CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (${columns}) WHERE state = 'next'`;

const BEFORE = `'access', 'device_token', 'license_token', 'license_blob'`;

/** Keys of ID tokens, and keys of several algorithms for one purpose. */
export class KeySlots1795300000400 implements MigrationInterface {
  name = 'KeySlots1795300000400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(allow(`${BEFORE}, 'id_token'`));
    await runner.query(one('purpose, alg'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM signing_keys
      WHERE purpose = 'id_token' OR (purpose = 'access' AND alg <> 'RS256')`);
    await runner.query(one('purpose'));
    await runner.query(allow(BEFORE));
  }
}
