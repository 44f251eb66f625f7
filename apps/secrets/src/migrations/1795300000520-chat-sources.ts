import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Chat sources, connections under way, and tokens that are to be revoked. */
export class ChatSources1795300000520 implements MigrationInterface {
  name = 'ChatSources1795300000520';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE chat_sources (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        platform text NOT NULL,
        label text,
        version integer NOT NULL DEFAULT 1,
        envelope bytea NOT NULL,
        masked jsonb NOT NULL,
        -- The account at the platform, of a source that was connected there.
        account text,
        status text NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'reconnect_needed')),
        refresh_at timestamptz,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX chat_sources_user ON chat_sources (user_id, id);
      CREATE UNIQUE INDEX chat_sources_account ON chat_sources (user_id, platform, account) WHERE account IS NOT NULL;
      CREATE INDEX chat_sources_refresh ON chat_sources (refresh_at) WHERE refresh_at IS NOT NULL;

      CREATE TABLE connector_attempts (
        state_hash bytea PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        user_id uuid NOT NULL,
        envelope bytea NOT NULL,
        browser_hash bytea,
        return_to text NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX connector_attempts_user ON connector_attempts (user_id);
      CREATE INDEX connector_attempts_expires ON connector_attempts (expires_at);

      -- Sealed for the service itself: the person's own key may be gone by then.
      CREATE TABLE connector_revocations (
        id uuid PRIMARY KEY,
        envelope bytea NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX connector_revocations_due ON connector_revocations (due_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE connector_revocations, connector_attempts, chat_sources');
  }
}
