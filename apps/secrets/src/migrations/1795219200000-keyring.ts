import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Data keys, signing keys, and the audit chains of their use. */
export class Keyring1795219200000 implements MigrationInterface {
  name = 'Keyring1795219200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE data_keys (
        id uuid PRIMARY KEY,
        owner_type text NOT NULL,
        owner_id text NOT NULL,
        purpose text NOT NULL,
        kek_id text NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (owner_type, owner_id, purpose)
      );

      CREATE TABLE signing_keys (
        kid text PRIMARY KEY,
        purpose text NOT NULL CHECK (purpose IN ('access', 'license_token', 'license_blob')),
        alg text NOT NULL,
        state text NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'retired', 'compromised')),
        public_jwk jsonb NOT NULL,
        private_key bytea,
        not_before timestamptz NOT NULL DEFAULT now(),
        not_after timestamptz,
        activated_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        -- A key that signs no more is not kept: what is not there cannot be stolen.
        CHECK ((private_key IS NOT NULL) = (state IN ('next', 'active'))),
        CHECK ((activated_at IS NULL) = (state = 'next')),
        CHECK ((not_after IS NULL) = (state IN ('next', 'active')))
      );
      CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (purpose) WHERE state = 'active';
      CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (purpose) WHERE state = 'next';

      -- One chain for each process that ever wrote. Numbers have no gaps, so a chain that was removed is missed.
      CREATE TABLE audit_heads (
        chain uuid PRIMARY KEY,
        number bigint NOT NULL UNIQUE,
        seq bigint NOT NULL,
        tail bytea NOT NULL,
        mac bytea NOT NULL,
        opened_at timestamptz NOT NULL DEFAULT now()
      ) WITH (fillfactor = 50);

      CREATE TABLE audit_log (
        chain uuid NOT NULL,
        seq bigint NOT NULL,
        at timestamptz(3) NOT NULL,
        action text NOT NULL,
        caller text NOT NULL,
        kid text,
        subject text,
        request_id text,
        mac bytea NOT NULL,
        PRIMARY KEY (chain, seq)
      );
      CREATE INDEX audit_log_subject ON audit_log (subject) WHERE subject IS NOT NULL;

      CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_log is append-only';
      END $$;
      CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_log, audit_heads, signing_keys, data_keys;
      DROP FUNCTION audit_log_is_append_only();
    `);
  }
}
