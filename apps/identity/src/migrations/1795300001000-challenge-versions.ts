import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What waits for a second factor knows which password it came by. */
export class ChallengeVersions1795300001000 implements MigrationInterface {
  name = 'ChallengeVersions1795300001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE mfa_challenges ADD COLUMN credential_version integer;
      COMMENT ON COLUMN mfa_challenges.credential_version IS
        'of the account when its password was shown; null when it was another credential';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mfa_challenges DROP COLUMN credential_version');
  }
}
