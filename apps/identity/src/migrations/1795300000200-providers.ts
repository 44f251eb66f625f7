import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Ways in by providers, wallets and extensions. What is good once is kept as a hash, and a moment longer than it lives,
 * so that a second use can be told from nonsense.
 */
export class Providers1795300000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE oauth_accounts
        ADD COLUMN label text,
        ADD COLUMN proven boolean NOT NULL DEFAULT true,
        ADD COLUMN last_used_at timestamptz;
      ALTER TABLE client_policies ADD COLUMN extension jsonb;

      CREATE TABLE provider_attempts (
        state_hash bytea PRIMARY KEY,
        browser_hash bytea NOT NULL,
        provider text NOT NULL,
        client_id text NOT NULL,
        return_to text NOT NULL,
        register boolean NOT NULL,
        user_id uuid REFERENCES website_users (id) ON DELETE CASCADE,
        session_id uuid,
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz
      );
      CREATE INDEX idx_provider_attempts_expires ON provider_attempts (expires_at);
      CREATE INDEX idx_provider_attempts_user ON provider_attempts (user_id) WHERE user_id IS NOT NULL;

      CREATE TABLE spent_nonces (
        nonce_hash bytea PRIMARY KEY,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX idx_spent_nonces_expires ON spent_nonces (expires_at);

      CREATE TABLE wallet_challenges (
        nonce_hash bytea PRIMARY KEY,
        message_hash bytea NOT NULL,
        address text NOT NULL,
        client_id text NOT NULL,
        user_id uuid REFERENCES website_users (id) ON DELETE CASCADE,
        expires_at timestamptz NOT NULL,
        consumed_at timestamptz
      );
      CREATE INDEX idx_wallet_challenges_expires ON wallet_challenges (expires_at);
      CREATE INDEX idx_wallet_challenges_user ON wallet_challenges (user_id) WHERE user_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE wallet_challenges, spent_nonces, provider_attempts;
      ALTER TABLE client_policies DROP COLUMN extension;
      ALTER TABLE oauth_accounts DROP COLUMN last_used_at, DROP COLUMN proven, DROP COLUMN label;
    `);
  }
}
