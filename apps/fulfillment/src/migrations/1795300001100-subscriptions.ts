import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The charges of a subscription are found by its id. */
export class Subscriptions1795300001100 implements MigrationInterface {
  name = 'Subscriptions1795300001100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table orders add column subscription_id text generated always as (snapshot->>'subscription_id') stored;
      create index orders_subscription on orders (store, subscription_id, id) where subscription_id is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table orders drop column subscription_id');
  }
}
