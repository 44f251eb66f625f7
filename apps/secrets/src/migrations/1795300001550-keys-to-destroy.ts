import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys that sign no more and are still at their provider. */
export class KeysToDestroy1795300001550 implements MigrationInterface {
  name = 'KeysToDestroy1795300001550';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE keys_to_destroy (
        kid text PRIMARY KEY,
        purpose text NOT NULL,
        alg text NOT NULL,
        provider text NOT NULL,
        private_key bytea NOT NULL,
        due_at timestamptz NOT NULL,
        tries integer NOT NULL DEFAULT 0
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE keys_to_destroy');
  }
}
