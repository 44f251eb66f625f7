import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Licenses with their signatures' log, entitlements with what they follow from, and license tokens. */
export class Licensing1763683200001 implements MigrationInterface {
  name = 'Licensing1763683200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE license_issuance (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        purpose text NOT NULL CHECK (purpose IN ('mint')),
        license_key text NOT NULL,
        tier text NOT NULL,
        name text NOT NULL,
        email text NOT NULL,
        features text[] NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        gumroad_order_id text,
        notes text,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL DEFAULT now(),
        kid text,
        completed_at timestamptz
      );
      CREATE UNIQUE INDEX license_issuance_mint_key ON license_issuance (license_key) WHERE purpose = 'mint';
      CREATE UNIQUE INDEX license_issuance_mint_order ON license_issuance (gumroad_order_id) WHERE purpose = 'mint';

      CREATE TABLE licenses (
        license_key text PRIMARY KEY,
        name text NOT NULL,
        email text NOT NULL,
        tier text NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        blob text NOT NULL,
        kid text NOT NULL,
        gumroad_order_id text UNIQUE,
        revoked_at timestamptz,
        revoked_reason text,
        suspended_at timestamptz,
        suspended_reason text,
        notes text,
        user_id uuid,
        issuance_id uuid UNIQUE REFERENCES license_issuance (id),
        CHECK (expires_at > issued_at)
      );
      CREATE INDEX licenses_email_lower ON licenses (lower(email));
      CREATE INDEX licenses_expires_at ON licenses (expires_at) WHERE revoked_at IS NULL;
      CREATE INDEX licenses_user ON licenses (user_id) WHERE user_id IS NOT NULL;
      CREATE INDEX licenses_newest ON licenses (issued_at DESC, license_key DESC);

      CREATE TABLE idempotency_keys (
        caller text NOT NULL,
        key text NOT NULL,
        body_hash text NOT NULL,
        issuance_id uuid,
        answer jsonb,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (caller, key)
      );
      CREATE INDEX idempotency_keys_expires_at ON idempotency_keys (expires_at);

      CREATE TABLE grants (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id uuid NOT NULL,
        source text NOT NULL CHECK (source IN ('claim', 'billing')),
        plan text NOT NULL,
        features text[],
        effective_at timestamptz NOT NULL,
        expires_at timestamptz,
        event_id text UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        CHECK ((source = 'billing') = (event_id IS NOT NULL))
      );
      CREATE UNIQUE INDEX grants_claim ON grants (user_id) WHERE source = 'claim';
      CREATE INDEX grants_user ON grants (user_id, effective_at);

      CREATE TABLE account_links (
        sub text PRIMARY KEY,
        user_id uuid NOT NULL
      );

      CREATE TABLE claims (
        user_id uuid PRIMARY KEY,
        evidence json CHECK (octet_length(evidence::text) <= 16384),
        claimed_at timestamptz NOT NULL
      );

      CREATE TABLE entitlements (
        user_id uuid PRIMARY KEY,
        version bigint NOT NULL DEFAULT 0,
        plan text NOT NULL,
        features text[] NOT NULL,
        expires_at timestamptz,
        due_at timestamptz,
        plans text NOT NULL,
        updated_at timestamptz NOT NULL
      );
      CREATE INDEX entitlements_due ON entitlements (due_at) WHERE due_at IS NOT NULL;

      CREATE TABLE license_tokens (
        user_id uuid NOT NULL,
        ttl integer NOT NULL,
        version bigint NOT NULL,
        states text NOT NULL,
        token text NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (user_id, ttl)
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE license_tokens, entitlements, claims, account_links, grants, idempotency_keys, licenses, license_issuance',
    );
  }
}
