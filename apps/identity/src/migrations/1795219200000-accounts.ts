import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts and the ways into them. Names and addresses are compared by Unicode's case rules whatever the
 * database's own locale is, hence the collation on the columns.
 */
export class Accounts1795219200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE website_users (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        email text COLLATE pg_unicode_fast,
        username text COLLATE pg_unicode_fast NOT NULL,
        display_name text,
        avatar_url text,
        bio text,
        status text NOT NULL DEFAULT 'online' CHECK (status IN ('online', 'away', 'busy', 'invisible')),
        roles text[] NOT NULL DEFAULT '{}',
        is_active boolean NOT NULL DEFAULT true,
        email_verified_at timestamptz,
        password_hash text,
        plan text NOT NULL DEFAULT 'free',
        plan_features text[] NOT NULL DEFAULT '{}',
        plan_expires_at timestamptz,
        entitlement_version integer NOT NULL DEFAULT 0,
        last_login_at timestamptz,
        last_seen_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        deleted_at timestamptz
      ) WITH (fillfactor = 80);
      CREATE UNIQUE INDEX idx_website_users_email_lower ON website_users (lower(email));
      CREATE UNIQUE INDEX idx_website_users_username_lower ON website_users (lower(username));

      CREATE TABLE admin_credentials (
        user_id uuid PRIMARY KEY REFERENCES website_users (id) ON DELETE CASCADE,
        username text COLLATE pg_unicode_fast NOT NULL,
        password_hash text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE UNIQUE INDEX idx_admin_credentials_username_lower ON admin_credentials (lower(username));

      CREATE TABLE oauth_accounts (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        provider text NOT NULL,
        subject text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (provider, subject)
      );
      CREATE INDEX idx_oauth_accounts_user ON oauth_accounts (user_id);

      CREATE TABLE users (
        id text PRIMARY KEY,
        email text COLLATE pg_unicode_fast,
        username text COLLATE pg_unicode_fast,
        password_hash text,
        website_user_id uuid REFERENCES website_users (id) ON DELETE CASCADE,
        created_at timestamptz NOT NULL DEFAULT now(),
        bridged_at timestamptz
      );
      CREATE INDEX idx_users_email_lower ON users (lower(email));
      CREATE INDEX idx_users_website_user ON users (website_user_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE users, oauth_accounts, admin_credentials, website_users');
  }
}
