import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Leave for one action on one record, given for the password. */
export class ActionGrants1795300000900 implements MigrationInterface {
  name = 'ActionGrants1795300000900';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE action_grants (
        grant_hash bytea PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES website_users (id) ON DELETE CASCADE,
        session_id uuid NOT NULL,
        action text NOT NULL,
        record text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX idx_action_grants_user ON action_grants (user_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE action_grants');
  }
}
