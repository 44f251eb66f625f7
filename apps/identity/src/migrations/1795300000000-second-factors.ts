import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Second factors: authenticators, recovery codes, and the sign-ins that wait for one. */
export class SecondFactors1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE website_users ADD COLUMN mfa_since timestamptz;

      CREATE TABLE totp_factors (
        user_id uuid PRIMARY KEY REFERENCES website_users (id) ON DELETE CASCADE,
        sealed_secret text NOT NULL,
        enabled_at timestamptz,
        last_step bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE recovery_codes (
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        code_hash bytea NOT NULL,
        used_at timestamptz,
        PRIMARY KEY (user_id, code_hash)
      );

      CREATE TABLE mfa_challenges (
        token_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        grant_name text NOT NULL,
        amr text[] NOT NULL,
        device_id text,
        scopes text[],
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz
      );
      CREATE INDEX mfa_challenges_user ON mfa_challenges (user_id);
      CREATE INDEX mfa_challenges_expires ON mfa_challenges (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE mfa_challenges, recovery_codes, totp_factors;
      ALTER TABLE website_users DROP COLUMN mfa_since;
    `);
  }
}
