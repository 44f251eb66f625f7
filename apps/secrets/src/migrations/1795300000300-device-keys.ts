import type { MigrationInterface, QueryRunner } from 'typeorm';

const allow = (purposes: string): string => `
  ALTER TABLE signing_keys
    DROP CONSTRAINT signing_keys_purpose_check,
    ADD CONSTRAINT signing_keys_purpose_check CHECK (purpose IN (${purposes}))`;

/** Keys for the tokens of paired devices. */
export class DeviceKeys1795300000300 implements MigrationInterface {
  name = 'DeviceKeys1795300000300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(allow(`'access', 'device_token', 'license_token', 'license_blob'`));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM signing_keys WHERE purpose = 'device_token'`);
    await runner.query(allow(`'access', 'license_token', 'license_blob'`));
  }
}
