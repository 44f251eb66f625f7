import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Installed copies of applications that their people have approved. */
export class Installations1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE installations (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL,
        client_id text NOT NULL,
        name text NOT NULL,
        platform text,
        app_version text,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL
      );
      CREATE INDEX installations_user ON installations (user_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE installations');
  }
}
