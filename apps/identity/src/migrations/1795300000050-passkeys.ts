import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passkeys, the random handles under which authenticators know accounts, and ceremonies under way. */
export class Passkeys1795300000050 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE passkey_handles (
        user_id uuid PRIMARY KEY REFERENCES website_users (id) ON DELETE CASCADE,
        handle bytea NOT NULL UNIQUE
      );

      CREATE TABLE passkeys (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        credential_id text NOT NULL UNIQUE,
        public_key bytea NOT NULL,
        sign_count bigint NOT NULL,
        transports text[] NOT NULL,
        name text NOT NULL,
        single_device boolean NOT NULL,
        backed_up boolean NOT NULL,
        suspicious_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz
      );
      CREATE INDEX passkeys_user ON passkeys (user_id);

      CREATE TABLE passkey_ceremonies (
        id uuid PRIMARY KEY,
        purpose text NOT NULL CHECK (purpose IN ('register', 'sign_in', 'second_factor')),
        challenge text NOT NULL,
        bound_to text NOT NULL,
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz
      );
      CREATE INDEX passkey_ceremonies_expires ON passkey_ceremonies (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE passkey_ceremonies, passkeys, passkey_handles');
  }
}
