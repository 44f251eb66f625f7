import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The revocation lists that were signed, numbered without a gap. */
export class RevocationLists1795300000100 implements MigrationInterface {
  name = 'RevocationLists1795300000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE revocation_lists (
        seq integer PRIMARY KEY CHECK (seq > 0),
        keys_digest text NOT NULL,
        kid text NOT NULL,
        list text NOT NULL,
        issued_at timestamptz NOT NULL,
        next_at timestamptz NOT NULL
      );
      CREATE INDEX licenses_out_of_force ON licenses (license_key)
        WHERE revoked_at IS NOT NULL OR suspended_at IS NOT NULL;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX licenses_out_of_force; DROP TABLE revocation_lists');
  }
}
