import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ways into the portal, of which only digests are kept. */
export class Portal1795300000800 implements MigrationInterface {
  name = 'Portal1795300000800';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table portal_links (
        id uuid primary key,
        email text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        used_at timestamptz
      );
      create index portal_links_email on portal_links (lower(email), created_at);
      create index portal_links_expires on portal_links (expires_at);
      create table portal_link_tokens (
        token_hash bytea primary key,
        link_id uuid not null references portal_links (id) on delete cascade
      );
      create index portal_link_tokens_link on portal_link_tokens (link_id);
      comment on table portal_link_tokens is 'every try to send a link makes a token of its own; any of them opens it, once';

      create table portal_sessions (
        session_hash bytea primary key,
        email text not null,
        expires_at timestamptz not null
      );
      create index portal_sessions_expires on portal_sessions (expires_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table portal_sessions, portal_link_tokens, portal_links');
  }
}
