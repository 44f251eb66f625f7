import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people configure for themselves, and how their accounts end. */
export class ProfilesAndLifecycle1795300000600 implements MigrationInterface {
  name = 'ProfilesAndLifecycle1795300000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agent_configs (
        user_id uuid PRIMARY KEY REFERENCES website_users (id) ON DELETE CASCADE,
        -- Only what differs from the built-in default.
        changes jsonb NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE broadcast_configs (
        user_id uuid PRIMARY KEY REFERENCES website_users (id) ON DELETE CASCADE,
        preset_id text,
        overrides jsonb NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE personal_exports (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX idx_personal_exports_user ON personal_exports (user_id, at);

      -- Outlives the account: it says that somebody is erased everywhere, and no longer who that was.
      CREATE TABLE account_erasures (
        id uuid PRIMARY KEY,
        user_id uuid,
        state text NOT NULL CHECK (state IN ('waiting', 'erasing', 'erased')),
        requested_at timestamptz NOT NULL DEFAULT now(),
        due_at timestamptz NOT NULL,
        begun_at timestamptz,
        told_at timestamptz,
        told integer NOT NULL DEFAULT 0,
        acknowledged text[] NOT NULL DEFAULT '{}',
        erased_at timestamptz,
        CHECK ((state = 'waiting') = (begun_at IS NULL)),
        CHECK ((state = 'erased') = (erased_at IS NOT NULL)),
        CHECK ((state = 'erased') = (user_id IS NULL))
      );
      CREATE UNIQUE INDEX idx_account_erasures_user ON account_erasures (user_id);
      CREATE INDEX idx_account_erasures_open ON account_erasures (due_at) WHERE state <> 'erased';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE account_erasures, personal_exports, broadcast_configs, agent_configs');
  }
}
