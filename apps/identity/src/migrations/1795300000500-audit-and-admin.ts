import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit log, and what staff needs. A row that leaves the outbox becomes an entry in the same statement, so that
 * nothing that happened can be missing and nothing is there twice; see decision 0019.
 */
export class AuditAndAdmin1795300000500 implements MigrationInterface {
  name = 'AuditAndAdmin1795300000500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(TAKING);
    await runner.query(FORGETTING);
    await runner.query(GUARDS);
    await runner.query(`
      ALTER TABLE auth_sessions ADD COLUMN impersonated_by uuid;

      CREATE TABLE client_policy_versions (
        client_id text NOT NULL,
        version integer NOT NULL,
        policy jsonb NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (client_id, version)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE client_policy_versions;
      ALTER TABLE auth_sessions DROP COLUMN impersonated_by;
      DROP TRIGGER audit_forget ON website_users;
      DROP TRIGGER audit_outbox ON outbox;
      DROP TABLE audit_prunes, audit_seals, audit_log, audit_subjects;
      DROP FUNCTION audit_forget(), audit_outbox(), audit_log_blanks_only(), audit_log_prunes_only(),
        audit_is_append_only(), audit_origin_digest(uuid, inet, text, text), audit_uuid(text);
    `);
  }
}

const TABLES = `
  -- The only way from an entry to an account; it goes with the account.
  CREATE TABLE audit_subjects (
    user_id uuid PRIMARY KEY,
    subject uuid NOT NULL UNIQUE DEFAULT gen_random_uuid()
  );

  CREATE TABLE audit_log (
    seq bigint PRIMARY KEY,
    id uuid NOT NULL,
    at timestamptz(3) NOT NULL,
    event text NOT NULL,
    subject uuid,
    actor uuid,
    caller text,
    client_id text,
    session_id text,
    request_id text,
    factors text[] NOT NULL,
    cause text,
    data jsonb NOT NULL,
    -- What may be personal is sealed by a salted digest, so that it can be blanked and the seal still holds.
    ip inet,
    user_agent text,
    note text,
    salt uuid,
    origin_digest bytea
  );
  CREATE INDEX idx_audit_log_at ON audit_log (at);
  CREATE INDEX idx_audit_log_event ON audit_log (event, seq);
  CREATE INDEX idx_audit_log_subject ON audit_log (subject, seq) WHERE subject IS NOT NULL;
  CREATE INDEX idx_audit_log_actor ON audit_log (actor, seq) WHERE actor IS NOT NULL;
  CREATE INDEX idx_audit_log_ip ON audit_log (ip, seq) WHERE ip IS NOT NULL;

  CREATE TABLE audit_seals (
    number bigint PRIMARY KEY,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    digest bytea NOT NULL,
    mac bytea NOT NULL,
    at timestamptz(3) NOT NULL
  );

  CREATE TABLE audit_prunes (
    through_seq bigint PRIMARY KEY,
    mac bytea NOT NULL,
    at timestamptz(3) NOT NULL
  );
`;

const TAKING = `
  CREATE FUNCTION audit_uuid(value text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN pg_input_is_valid(value, 'uuid') THEN value::uuid END
  $$;

  CREATE FUNCTION audit_origin_digest(salt uuid, ip inet, user_agent text, note text) RETURNS bytea
    LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN salt IS NOT NULL
      THEN sha256(convert_to(jsonb_build_array(salt, host(ip), user_agent, note)::text, 'UTF8')) END
  $$;

  CREATE FUNCTION audit_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    -- One writer at a time, though the relay's own lock sees to that already: places in the log have no gaps.
    PERFORM pg_advisory_xact_lock(hashtextextended('gatehouse:audit', 0));

    INSERT INTO audit_subjects (user_id)
    SELECT u.id FROM website_users u
    WHERE u.id IN (
        SELECT audit_uuid(g.data->>'user_id') FROM gone g UNION SELECT audit_uuid(g.headers->>'_account') FROM gone g)
      AND NOT EXISTS (SELECT 1 FROM audit_subjects s WHERE s.user_id = u.id)
    ORDER BY u.id FOR KEY SHARE OF u
    ON CONFLICT DO NOTHING;

    INSERT INTO audit_log (seq, id, at, event, subject, actor, caller, client_id, session_id, request_id, factors,
      cause, data, ip, user_agent, note, salt, origin_digest)
    SELECT last.seq + row_number() OVER (ORDER BY e.seq), e.id, date_trunc('milliseconds', e.at), e.event,
      coalesce(s.subject, audit_uuid(CASE e.event WHEN 'identity.audit.forgotten' THEN e.data->>'subject' END)),
      a.subject, e.headers->>'_caller', e.data->>'client_id', e.data->>'session_id',
      e.headers->>'Gatehouse-Request-Id',
      CASE jsonb_typeof(e.data->'amr') WHEN 'array'
        THEN ARRAY(SELECT jsonb_array_elements_text(e.data->'amr')) ELSE '{}' END,
      e.data->>'reason',
      e.data - '{user_id,client_id,session_id,amr,reason,impersonator_id}'::text[],
      o.ip, o.user_agent, o.note, o.salt, audit_origin_digest(o.salt, o.ip, o.user_agent, o.note)
    FROM (
      SELECT g.seq, g.id, g.at, g.headers,
        CASE g.event WHEN 'identity.audit.received' THEN g.data->>'event' ELSE g.event END AS event,
        CASE g.event WHEN 'identity.audit.received'
          THEN g.data->'data' || jsonb_build_object('user_id', g.data->'user_id', 'event_id', g.data->'event_id')
          ELSE g.data END AS data
      FROM gone g
    ) e
    LEFT JOIN audit_subjects s ON s.user_id = audit_uuid(e.data->>'user_id')
    LEFT JOIN audit_subjects a ON a.user_id = audit_uuid(e.headers->>'_account')
    -- Whose account is gone meanwhile leaves nothing personal behind.
    CROSS JOIN LATERAL (SELECT
      (e.headers ? '_account' AND a.subject IS NULL) OR (NOT e.headers ? '_account'
        AND audit_uuid(e.data->>'user_id') IS NOT NULL AND s.subject IS NULL) AS gone) forgotten
    CROSS JOIN LATERAL (SELECT
      CASE WHEN pg_input_is_valid(e.headers->>'_ip', 'inet') THEN (e.headers->>'_ip')::inet END AS ip,
      e.headers->>'_agent' AS user_agent, e.headers->>'_note' AS note, gen_random_uuid() AS salt
      WHERE NOT forgotten.gone AND e.headers ?| '{_ip,_agent,_note}'
      UNION ALL SELECT NULL, NULL, NULL, NULL
      LIMIT 1) o
    CROSS JOIN (SELECT greatest(
      (SELECT coalesce(max(seq), 0) FROM audit_log), (SELECT coalesce(max(last_seq), 0) FROM audit_seals)) AS seq) last;
    RETURN NULL;
  END $$;
  CREATE TRIGGER audit_outbox AFTER DELETE ON outbox REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION audit_outbox();
`;

const FORGETTING = `
  CREATE FUNCTION audit_forget() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE who uuid;
  BEGIN
    DELETE FROM audit_subjects WHERE user_id = OLD.id RETURNING subject INTO who;
    IF who IS NULL THEN RETURN NULL; END IF;
    UPDATE audit_log SET ip = NULL, user_agent = NULL, note = NULL, salt = NULL
    WHERE (actor = who OR (subject = who AND actor IS NULL)) AND salt IS NOT NULL;
    INSERT INTO outbox (id, event, data)
    VALUES (uuidv7(), 'identity.audit.forgotten', jsonb_build_object('subject', who));
    RETURN NULL;
  END $$;
  CREATE TRIGGER audit_forget AFTER DELETE ON website_users FOR EACH ROW EXECUTE FUNCTION audit_forget();
`;

const GUARDS = `
  CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
  END $$;

  CREATE FUNCTION audit_log_blanks_only() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE personal text[] := '{ip,user_agent,note,salt}';
  BEGIN
    IF num_nonnulls(NEW.ip, NEW.user_agent, NEW.note, NEW.salt) = 0
      AND to_jsonb(NEW) - personal = to_jsonb(OLD) - personal THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'audit_log is append-only';
  END $$;

  CREATE FUNCTION audit_log_prunes_only() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF OLD.seq <= (SELECT max(through_seq) FROM audit_prunes) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'audit_log is append-only';
  END $$;

  CREATE TRIGGER audit_log_update BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_blanks_only();
  CREATE TRIGGER audit_log_delete BEFORE DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_prunes_only();
  CREATE TRIGGER audit_log_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
  CREATE TRIGGER audit_seals_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
  CREATE TRIGGER audit_prunes_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_prunes
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
`;
