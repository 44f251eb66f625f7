import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A sign-in that has seen the old password must not open a session after the password was replaced. */
export class CredentialVersions1795300000101 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE website_users ADD COLUMN credential_version integer NOT NULL DEFAULT 0;
      COMMENT ON COLUMN website_users.credential_version IS 'grows when the password is replaced by another one';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE website_users DROP COLUMN credential_version');
  }
}
