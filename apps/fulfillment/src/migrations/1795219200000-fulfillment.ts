import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table gumroad_events (
  id uuid primary key default uuidv7(),
  received_at timestamptz not null default now(),
  content_type text not null,
  raw bytea not null,
  sale_id text,
  resource_name text,
  state text not null check (state in ('pending', 'processed', 'parked', 'failed')),
  processed boolean generated always as (state = 'processed') stored,
  error text,
  attempts integer not null default 0,
  processed_at timestamptz
);
create index gumroad_events_sale on gumroad_events (sale_id, id) where sale_id is not null;
create index gumroad_events_open on gumroad_events (state, id) where state <> 'processed';

create table orders (
  id uuid not null unique default uuidv7(),
  store text not null,
  order_id text not null,
  email text,
  product text,
  standing text not null check (standing in ('paid', 'unpaid', 'refunded', 'disputed', 'test', 'unmapped')),
  license_key text,
  snapshot jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store, order_id)
);
create index orders_email on orders (lower(email), id);
create index orders_license on orders (license_key) where license_key is not null;
create index orders_unmapped on orders (store) where standing = 'unmapped';

create table order_work (
  store text not null,
  order_id text not null,
  wanted bigint not null default 1,
  due_at timestamptz not null default now(),
  attempts integer not null default 0,
  lease_token uuid,
  lease_until timestamptz,
  primary key (store, order_id)
);
create index order_work_due on order_work (due_at);
comment on column order_work.wanted is 'grows with every reason to look at the order; work is done when it did not grow meanwhile';

create table mail_outbox (
  id uuid primary key default uuidv7(),
  key text not null unique,
  template text not null,
  license_key text,
  token_id uuid,
  user_id uuid,
  state text not null default 'queued' check (state in ('queued', 'sent', 'bounced', 'dropped')),
  attempts integer not null default 0,
  round integer not null default 1,
  error text,
  due_at timestamptz not null default now(),
  lease_token uuid,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  sent_at timestamptz
);
create index mail_outbox_due on mail_outbox (due_at) where state = 'queued';
create index mail_outbox_state on mail_outbox (state, id);
create index mail_outbox_license on mail_outbox (license_key) where license_key is not null;
comment on column mail_outbox.round is 'grows when a person has it sent once more; part of the Message-ID';
`;

export class Fulfillment1795219200000 implements MigrationInterface {
  name = 'Fulfillment1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table mail_outbox, order_work, orders, gumroad_events');
  }
}
