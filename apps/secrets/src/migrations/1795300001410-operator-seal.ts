import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an operator has sealed the service; replicas that start meanwhile stay sealed. */
export class OperatorSeal1795300001410 implements MigrationInterface {
  name = 'OperatorSeal1795300001410';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operator_seal (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        sealed_at timestamptz(3) NOT NULL DEFAULT now()
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE operator_seal');
  }
}
