import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What offline roots say of the keys that sign license blobs. */
export class KeyCertificates1795300001510 implements MigrationInterface {
  name = 'KeyCertificates1795300001510';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE key_certificates (
        kid text NOT NULL,
        root text NOT NULL,
        key text NOT NULL,
        certificate text NOT NULL,
        issued_at timestamptz NOT NULL,
        not_after timestamptz NOT NULL,
        PRIMARY KEY (kid, root)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE key_certificates');
  }
}
