import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Devices that wait for approval, devices that were paired, and what was guessed at their codes. Codes are stored as
 * keyed hashes; `auth_sessions.device_id` names the installation that a session belongs to.
 */
export class Devices1795300000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE device_requests (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        device_code_hash bytea NOT NULL UNIQUE,
        user_code_hash bytea NOT NULL UNIQUE,
        client_id text NOT NULL,
        name text,
        platform text,
        app_version text,
        ip text,
        user_agent text,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'denied', 'redeemed')),
        user_id uuid REFERENCES website_users (id) ON DELETE CASCADE,
        amr text[],
        auth_time timestamptz,
        poll_interval integer NOT NULL,
        polled_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        decided_at timestamptz,
        expires_at timestamptz NOT NULL,
        CHECK ((user_id IS NOT NULL) OR status = 'pending')
      ) WITH (fillfactor = 70);
      CREATE INDEX idx_device_requests_user ON device_requests (user_id) WHERE user_id IS NOT NULL;
      CREATE INDEX idx_device_requests_expires ON device_requests (expires_at);
      CREATE INDEX idx_auth_sessions_device ON auth_sessions (device_id) WHERE device_id IS NOT NULL;

      CREATE TABLE pairing_codes (
        user_id uuid PRIMARY KEY REFERENCES website_users (id) ON DELETE CASCADE,
        code_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX idx_pairing_codes_expires ON pairing_codes (expires_at);

      CREATE TABLE devices (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        name text NOT NULL,
        token_id text NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_reason text
      ) WITH (fillfactor = 70);
      CREATE INDEX idx_devices_user ON devices (user_id);
      CREATE INDEX idx_devices_expires ON devices (expires_at);

      CREATE TABLE code_guesses (
        key bytea PRIMARY KEY,
        spent integer NOT NULL,
        since timestamptz NOT NULL,
        spent_at timestamptz NOT NULL
      ) WITH (fillfactor = 70);
      CREATE INDEX idx_code_guesses_spent ON code_guesses (spent_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX idx_auth_sessions_device;
      DROP TABLE code_guesses, devices, pairing_codes, device_requests;
    `);
  }
}
