import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Comparisons with the stores' own lists: those that are due, and what the others have found. */
export class Reconciliations1795300001200 implements MigrationInterface {
  name = 'Reconciliations1795300001200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table reconciliations (
        id uuid primary key default uuidv7(),
        kind text not null check (kind in ('recent', 'nightly', 'asked')),
        mode text not null check (mode in ('dry_run', 'settle', 'repair')),
        state text not null default 'queued' check (state in ('queued', 'done')),
        since date,
        due_at timestamptz not null default now(),
        lease_token uuid,
        lease_until timestamptz,
        started_at timestamptz,
        finished_at timestamptz,
        complete boolean,
        report jsonb
      );
      create unique index reconciliations_next on reconciliations (kind) where state = 'queued' and kind <> 'asked';
      create index reconciliations_due on reconciliations (due_at) where state = 'queued';
      create index reconciliations_done on reconciliations (finished_at) where state = 'done';
      comment on column reconciliations.since is 'first day that is read; null: decided when it begins';
      comment on column reconciliations.complete is 'whether every store could be read to the end';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table reconciliations');
  }
}
