import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Renewals, blobs that are signed anew, and licenses that were issued elsewhere. */
export class RenewalsAndImports1795300000800 implements MigrationInterface {
  name = 'RenewalsAndImports1795300000800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE license_issuance DROP CONSTRAINT license_issuance_purpose_check;
      ALTER TABLE license_issuance ADD CONSTRAINT license_issuance_purpose_check
        CHECK (purpose IN ('mint', 'renew', 'reissue'));
      CREATE UNIQUE INDEX license_issuance_open_renewal ON license_issuance (license_key)
        WHERE purpose = 'renew' AND completed_at IS NULL;

      CREATE TABLE import_batches (
        id uuid PRIMARY KEY,
        format text NOT NULL CHECK (format IN ('jsonl', 'gumroad_csv')),
        dry_run boolean NOT NULL,
        mail boolean NOT NULL,
        requested_by text NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'failed', 'undone')),
        header jsonb,
        started_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
      );
      CREATE TABLE import_rows (
        import_id uuid NOT NULL REFERENCES import_batches (id) ON DELETE CASCADE,
        line integer NOT NULL,
        outcome text NOT NULL CHECK (outcome IN ('added', 'known', 'revoked', 'skipped', 'rejected')),
        code text,
        license_key text,
        PRIMARY KEY (import_id, line)
      );

      ALTER TABLE licenses ADD COLUMN renewed_at timestamptz, ADD COLUMN import_id uuid REFERENCES import_batches (id);
      CREATE INDEX licenses_kid ON licenses (kid, license_key);
      CREATE INDEX licenses_import ON licenses (import_id) WHERE import_id IS NOT NULL;

      CREATE TABLE renewal_rights (
        order_ref text PRIMARY KEY,
        license_key text NOT NULL,
        years integer NOT NULL,
        granted_by text NOT NULL,
        granted_at timestamptz NOT NULL DEFAULT now(),
        issuance_id uuid REFERENCES license_issuance (id)
      );
      CREATE INDEX renewal_rights_unused ON renewal_rights (license_key, granted_at) WHERE issuance_id IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE renewal_rights;
      DROP INDEX licenses_kid;
      ALTER TABLE licenses DROP COLUMN renewed_at, DROP COLUMN import_id;
      DROP TABLE import_rows, import_batches;
      DROP INDEX license_issuance_open_renewal;
      ALTER TABLE license_issuance DROP CONSTRAINT license_issuance_purpose_check;
      ALTER TABLE license_issuance ADD CONSTRAINT license_issuance_purpose_check CHECK (purpose IN ('mint')) NOT VALID;
    `);
  }
}
