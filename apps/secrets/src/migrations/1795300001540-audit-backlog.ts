import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was done while the key of the audit log was not there, until the log has it. */
export class AuditBacklog1795300001540 implements MigrationInterface {
  name = 'AuditBacklog1795300001540';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_backlog (
        id uuid PRIMARY KEY,
        action text NOT NULL,
        caller text NOT NULL,
        request_id text
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_backlog');
  }
}
