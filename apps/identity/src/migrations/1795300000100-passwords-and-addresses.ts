import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Recovery, registrations that wait for their proof, devices a person is known by, and budgets for guessing. */
export class PasswordsAndAddresses1795300000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE website_users ADD COLUMN devices_known_from timestamptz NOT NULL DEFAULT '-infinity';
      COMMENT ON COLUMN website_users.devices_known_from IS 'device tokens that are older make no device known';

      ALTER TABLE one_time_tokens ADD COLUMN session_id uuid, ADD COLUMN notice text;
      COMMENT ON COLUMN one_time_tokens.session_id IS 'the session that asked for it, or that it is about';

      CREATE TABLE registrations (
        id uuid PRIMARY KEY,
        email text COLLATE pg_unicode_fast NOT NULL,
        username text COLLATE pg_unicode_fast NOT NULL,
        password_hash text,
        client_id text NOT NULL,
        token_hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        voided_at timestamptz,
        consumed_at timestamptz
      );
      COMMENT ON COLUMN registrations.id IS 'the id of the account that it becomes';
      CREATE INDEX idx_registrations_email ON registrations (lower(email));
      CREATE INDEX idx_registrations_expires ON registrations (expires_at);

      CREATE TABLE recovery_requests (
        id uuid PRIMARY KEY,
        email text COLLATE pg_unicode_fast NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE guess_budgets (
        key bytea PRIMARY KEY,
        spent integer NOT NULL,
        since timestamptz NOT NULL
      ) WITH (fillfactor = 70);

      CREATE TABLE failed_sign_ins (
        minute timestamptz PRIMARY KEY,
        failures integer NOT NULL
      ) WITH (fillfactor = 70);

      ALTER TABLE users ADD COLUMN algorithm text, ADD COLUMN rehashed_at timestamptz;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users DROP COLUMN algorithm, DROP COLUMN rehashed_at;
      DROP TABLE failed_sign_ins, guess_budgets, recovery_requests, registrations;
      ALTER TABLE one_time_tokens DROP COLUMN session_id, DROP COLUMN notice;
      ALTER TABLE website_users DROP COLUMN devices_known_from;
    `);
  }
}
