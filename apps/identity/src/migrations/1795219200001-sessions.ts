import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Client policies, sessions and what hangs on them. `auth_sessions` leaves room in its pages and has no index on
 * what a refresh changes, so that a rotation is a heap-only update.
 */
export class Sessions1795219200001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE client_policies (
        client_id text PRIMARY KEY,
        name text NOT NULL,
        version integer NOT NULL,
        audience text[] NOT NULL,
        access_ttl integer NOT NULL,
        refresh_ttl integer NOT NULL,
        refresh_idle_ttl integer NOT NULL,
        delivery text NOT NULL CHECK (delivery IN ('body', 'cookie', 'none')),
        cookie_name text,
        cookie_domain text,
        cookie_same_site text NOT NULL,
        body_fallback text NOT NULL,
        license_token_ttl integer NOT NULL,
        origins text[] NOT NULL,
        redirects text[] NOT NULL,
        grants text[] NOT NULL,
        registration text NOT NULL,
        signing_alg text NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE auth_sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        device_id text,
        refresh_token_hash bytea,
        generation integer NOT NULL DEFAULT 0,
        rotated_at timestamptz,
        user_agent text,
        ip text,
        amr text[] NOT NULL,
        auth_time timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now(),
        idle_expires_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoked_reason text
      ) WITH (fillfactor = 70);
      CREATE INDEX idx_auth_sessions_user_live ON auth_sessions (user_id) WHERE revoked_at IS NULL;
      CREATE INDEX idx_auth_sessions_expires ON auth_sessions (expires_at);

      CREATE TABLE session_revocations (
        session_id text PRIMARY KEY,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX idx_session_revocations_expires ON session_revocations (expires_at);

      CREATE TABLE license_tokens (
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        ttl integer NOT NULL,
        token text NOT NULL,
        entitlement_version integer NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, ttl)
      );

      CREATE TABLE login_guards (
        name_hash bytea PRIMARY KEY,
        failures integer NOT NULL,
        failed_at timestamptz NOT NULL,
        blocked_until timestamptz NOT NULL
      ) WITH (fillfactor = 70);

      CREATE TABLE one_time_tokens (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        email text NOT NULL,
        token_hash bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz,
        voided_at timestamptz
      );
      CREATE INDEX idx_one_time_tokens_user ON one_time_tokens (user_id, kind);
      CREATE INDEX idx_one_time_tokens_expires ON one_time_tokens (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE one_time_tokens, login_guards, license_tokens, session_revocations, auth_sessions, client_policies
    `);
  }
}
