import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a license was revoked on a store's word: how many of late is asked before the next one. */
export class Revocations1795300001420 implements MigrationInterface {
  name = 'Revocations1795300001420';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table orders add column revoked_at timestamptz;
      create index orders_revoked on orders (store, revoked_at) where revoked_at is not null;
      comment on column orders.revoked_at is 'since when its license is revoked because its money is gone';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table orders drop column revoked_at');
  }
}
