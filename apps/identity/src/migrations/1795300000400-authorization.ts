import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The authorization server: what clients may ask for, open requests, codes, and what people have allowed. */
export class Authorization1795300000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE client_policies
        ADD COLUMN confidential boolean NOT NULL DEFAULT false,
        ADD COLUMN first_party boolean NOT NULL DEFAULT false,
        ADD COLUMN scopes text[] NOT NULL DEFAULT '{}',
        ADD COLUMN post_logout_redirects text[] NOT NULL DEFAULT '{}',
        ADD COLUMN secret_hashes text[] NOT NULL DEFAULT '{}';

      -- Of a session that an application was allowed; null where its person signed in for everything.
      ALTER TABLE auth_sessions ADD COLUMN scopes text[];

      CREATE TABLE authorization_requests (
        id text PRIMARY KEY,
        client_id text NOT NULL,
        request jsonb NOT NULL,
        asked_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX idx_authorization_requests_expires ON authorization_requests (expires_at);

      CREATE TABLE authorization_codes (
        code_hash bytea PRIMARY KEY,
        client_id text NOT NULL,
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        redirect_uri text NOT NULL,
        code_challenge text NOT NULL,
        scopes text[] NOT NULL,
        nonce text,
        amr text[] NOT NULL,
        auth_time timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz,
        session_id uuid,
        CHECK ((consumed_at IS NULL) = (session_id IS NULL))
      );
      CREATE INDEX idx_authorization_codes_user ON authorization_codes (user_id);
      CREATE INDEX idx_authorization_codes_expires ON authorization_codes (expires_at);

      CREATE TABLE authorization_grants (
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        client_id text NOT NULL,
        scopes text[] NOT NULL,
        granted_at timestamptz NOT NULL DEFAULT now(),
        last_used_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (user_id, client_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE authorization_grants, authorization_codes, authorization_requests;
      ALTER TABLE auth_sessions DROP COLUMN scopes;
      ALTER TABLE client_policies
        DROP COLUMN confidential, DROP COLUMN first_party, DROP COLUMN scopes,
        DROP COLUMN post_logout_redirects, DROP COLUMN secret_hashes;
    `);
  }
}
