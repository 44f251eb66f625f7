import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Outbox, inbox and dead letters: in every app's database. */
export class Messages1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table outbox (
        seq bigint generated always as identity primary key,
        id uuid not null unique,
        event text not null,
        key text,
        data jsonb not null,
        headers jsonb not null default '{}',
        at timestamptz not null default now()
      )`);
    // It is filled and emptied all day and nearly always empty: vacuum it by count, not by share.
    await runner.query(`
      alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_insert_threshold = -1)`);
    await runner.query(`
      create table inbox (
        consumer text not null,
        event_id text not null,
        at timestamptz not null default now(),
        primary key (consumer, event_id)
      )`);
    await runner.query('create index inbox_at on inbox (at)');
    await runner.query(`
      create table dead_letters (
        id uuid primary key,
        event_id text not null,
        event text not null,
        data jsonb not null,
        error text not null,
        tries int not null,
        at timestamptz not null default now(),
        unique (event_id, event)
      )`);
    await runner.query('create index dead_letters_at on dead_letters (at desc)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table dead_letters, inbox, outbox');
  }
}
