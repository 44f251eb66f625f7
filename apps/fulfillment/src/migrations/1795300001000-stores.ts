import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One inbox for the pings of all stores; `gumroad_events` stays as a view of those that are Gumroad's. */
export class Stores1795300001000 implements MigrationInterface {
  name = 'Stores1795300001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gumroad_events rename to storefront_events;
      alter index gumroad_events_sale rename to storefront_events_sale;
      alter index gumroad_events_open rename to storefront_events_open;
      alter table storefront_events
        add column store text not null default 'gumroad',
        add column event_id text,
        add constraint storefront_events_once unique (store, event_id);
      comment on column storefront_events.event_id is 'the store''s name of the event; null when it has none';
      create view gumroad_events as
        select id, received_at, content_type, raw, sale_id, resource_name, state, processed, error, attempts,
          processed_at, erased_at
        from storefront_events where store = 'gumroad';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view gumroad_events;
      delete from storefront_events where store <> 'gumroad';
      alter table storefront_events drop column event_id, drop column store;
      alter index storefront_events_open rename to gumroad_events_open;
      alter index storefront_events_sale rename to gumroad_events_sale;
      alter table storefront_events rename to gumroad_events;
    `);
  }
}
