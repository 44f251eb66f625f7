import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Orders whose buyer is erased. Their store may tell of them again, so the database itself keeps the buyer out:
 * whatever way an order is written, it stays erased.
 */
export class Erasure1795300000600 implements MigrationInterface {
  name = 'Erasure1795300000600';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table orders add column erased_at timestamptz;
      alter table gumroad_events add column erased_at timestamptz;

      create function orders_stay_erased() returns trigger language plpgsql as $$
      begin
        new.erased_at := coalesce(new.erased_at, old.erased_at);
        if new.erased_at is not null then
          new.email := null;
          new.snapshot := new.snapshot || '{"email": null, "name": null}';
        end if;
        return new;
      end $$;
      create trigger orders_stay_erased before update on orders for each row execute function orders_stay_erased();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger orders_stay_erased on orders;
      drop function orders_stay_erased();
      alter table gumroad_events drop column erased_at;
      alter table orders drop column erased_at;
    `);
  }
}
