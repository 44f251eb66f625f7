import type { MigrationInterface, QueryRunner } from 'typeorm';

/** To which key-encryption key a rotation leads: replicas that are still told of another one leave it alone. */
export class RotationTargets1795300001400 implements MigrationInterface {
  name = 'RotationTargets1795300001400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE kek_rotations ADD COLUMN kek_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE kek_rotations DROP COLUMN kek_id');
  }
}
