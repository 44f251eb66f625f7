import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Terms that follow what was paid: of subscriptions, and of renewals whose money went back. */
export class Terms1795300001100 implements MigrationInterface {
  name = 'Terms1795300001100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE license_issuance DROP CONSTRAINT license_issuance_purpose_check;
      ALTER TABLE license_issuance ADD CONSTRAINT license_issuance_purpose_check
        CHECK (purpose IN ('mint', 'renew', 'reissue', 'terms'));

      ALTER TABLE licenses ADD COLUMN paid_until timestamptz;
      UPDATE licenses SET paid_until = expires_at WHERE renewed_at IS NULL;
      COMMENT ON COLUMN licenses.paid_until IS 'what its sales paid for; expires_at is later by what renewals gave on top';

      ALTER TABLE renewal_rights ADD COLUMN withdrawn_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE renewal_rights DROP COLUMN withdrawn_at;
      ALTER TABLE licenses DROP COLUMN paid_until;
      ALTER TABLE license_issuance DROP CONSTRAINT license_issuance_purpose_check;
      ALTER TABLE license_issuance ADD CONSTRAINT license_issuance_purpose_check
        CHECK (purpose IN ('mint', 'renew', 'reissue')) NOT VALID;
    `);
  }
}
