import type { MigrationInterface, QueryRunner } from 'typeorm';

const ADDRESSES = `
  create table address_key (only_one boolean primary key default true check (only_one), key bytea not null);
  insert into address_key (key) values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
  create function address_hash(address text) returns bytea language sql stable strict as $$
    select sha256(key || sha256(key || convert_to(lower(address), 'UTF8'))) from address_key
  $$;
  comment on function address_hash is 'recognizes an address that is not kept; another database''s hashes differ';

  create table erased_addresses (
    address_hash bytea primary key,
    erased_at timestamptz not null default now()
  );`;

const ORDERS = `
  create or replace function orders_stay_erased() returns trigger language plpgsql as $$
  begin
    if tg_op = 'UPDATE' then
      new.erased_at := coalesce(new.erased_at, old.erased_at);
    end if;
    if new.erased_at is null and new.email is not null then
      select now() into new.erased_at from erased_addresses
      where address_hash = address_hash(new.email)
        and erased_at >= case when pg_input_is_valid(new.snapshot->>'sold_at', 'timestamptz')
                         then (new.snapshot->>'sold_at')::timestamptz else new.created_at end;
    end if;
    if new.erased_at is not null then
      new.email := null;
      new.snapshot := new.snapshot || '{"email": null, "name": null}';
    end if;
    return new;
  end $$;
  drop trigger orders_stay_erased on orders;
  create trigger orders_stay_erased before insert or update on orders
    for each row execute function orders_stay_erased();`;

const MAIL = `
  create table mail_suppressions (
    address_hash bytea primary key,
    reason text not null check (reason in ('hard_bounce', 'complaint', 'operator')),
    source text not null,
    mail_id uuid,
    created_at timestamptz not null default now()
  );
  create index mail_suppressions_newest on mail_suppressions (created_at desc);
  comment on table mail_suppressions is 'addresses that get no mail until an operator lifts it; the address itself is not kept';

  create table mail_feedback (
    source text not null,
    id text not null,
    received_at timestamptz not null default now(),
    primary key (source, id)
  );
  comment on table mail_feedback is 'what the mail service has told already';
  alter table mail_outbox add column first_try_at timestamptz;
  alter table mail_outbox drop constraint mail_outbox_state_check;
  alter table mail_outbox add constraint mail_outbox_state_check
    check (state in ('queued', 'sent', 'bounced', 'dropped', 'suppressed'));`;

/** Addresses that are recognized without being kept: of people who are erased, and of mailboxes that take no mail. */
export class MailAndErasure1795300001300 implements MigrationInterface {
  name = 'MailAndErasure1795300001300';

  async up(runner: QueryRunner): Promise<void> {
    for (const sql of [ADDRESSES, ORDERS, MAIL]) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update mail_outbox set state = 'bounced' where state = 'suppressed';
      alter table mail_outbox drop constraint mail_outbox_state_check;
      alter table mail_outbox add constraint mail_outbox_state_check
        check (state in ('queued', 'sent', 'bounced', 'dropped'));
      alter table mail_outbox drop column first_try_at;
      drop table mail_feedback, mail_suppressions;
      create or replace function orders_stay_erased() returns trigger language plpgsql as $$
      begin
        new.erased_at := coalesce(new.erased_at, old.erased_at);
        if new.erased_at is not null then
          new.email := null;
          new.snapshot := new.snapshot || '{"email": null, "name": null}';
        end if;
        return new;
      end $$;
      drop trigger orders_stay_erased on orders;
      create trigger orders_stay_erased before update on orders for each row execute function orders_stay_erased();
      drop table erased_addresses;
      drop function address_hash(text);
      drop table address_key;
    `);
  }
}
