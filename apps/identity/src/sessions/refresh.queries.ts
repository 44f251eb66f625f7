import { RefreshFailed, SessionRefreshed, SessionsRevoked } from '#contracts';
import { viewColumns } from '../users/website-user.entity.js';

/** Seconds in which the predecessor of the current token is answered with the current one again (R-RF3). */
export const GRACE_SECONDS = 30;

/**
 * What an authentic token means for the row that it names. It stands twice in the statement: over the row being
 * changed, which is the latest version even when another refresh got in between, and over that same version again
 * (`old`) for the answer.
 * Parameters: $2 hash of the token shown, $3 hash of its successor, $4 its generation, $5 client or null, $10 whether
 * that client has shown its secret, $11 scopes asked for or null.
 */
const verdictOn = (row: 's' | 'old'): string => `
  CASE
    WHEN NOT u.is_active OR u.deleted_at IS NOT NULL THEN 'inactive'
    WHEN ${row}.client_id <> COALESCE($5::text, ${row}.client_id) OR 'refresh' <> ALL (c.grants)
      OR (c.confidential AND NOT $10::boolean) THEN 'wrong_client'
    WHEN ${row}.revoked_at IS NOT NULL THEN 'revoked'
    WHEN LEAST(${row}.expires_at, ${row}.idle_expires_at) <= now() THEN 'expired'
    WHEN NOT ($11::text[] <@ ${row}.scopes) THEN 'wider_scope'
    WHEN ${row}.refresh_token_hash = $2::bytea THEN 'rotated'
    WHEN ${row}.refresh_token_hash = $3::bytea
      AND ${row}.rotated_at > now() - interval '${GRACE_SECONDS} seconds' THEN 'replayed'
    WHEN ${row}.generation > $4::integer THEN 'reused'
    ELSE 'unknown'
  END`;

/** One refresh, whatever becomes of it: the rotation, its events, a revocation, and the license token to hand out. */
export const REFRESH_STATEMENT = `
  WITH attempt AS (
    UPDATE auth_sessions s
    SET (refresh_token_hash, generation, rotated_at, last_used_at, idle_expires_at, user_agent, ip,
         revoked_at, revoked_reason) = (
      SELECT
        CASE v.verdict WHEN 'rotated' THEN $3::bytea ELSE s.refresh_token_hash END,
        CASE v.verdict WHEN 'rotated' THEN s.generation + 1 ELSE s.generation END,
        CASE v.verdict WHEN 'rotated' THEN now() ELSE s.rotated_at END,
        CASE v.verdict WHEN 'rotated' THEN now() ELSE s.last_used_at END,
        CASE v.verdict WHEN 'rotated' THEN LEAST(now() + make_interval(secs => c.refresh_idle_ttl), s.expires_at)
          ELSE s.idle_expires_at END,
        CASE v.verdict WHEN 'rotated' THEN COALESCE($6::text, s.user_agent) ELSE s.user_agent END,
        CASE v.verdict WHEN 'rotated' THEN COALESCE($7::text, s.ip) ELSE s.ip END,
        CASE WHEN v.verdict IN ('reused', 'expired') THEN now() ELSE s.revoked_at END,
        CASE v.verdict WHEN 'reused' THEN 'reuse' WHEN 'expired' THEN 'expired' ELSE s.revoked_reason END
      FROM (SELECT ${verdictOn('s')} AS verdict) v
    )
    FROM website_users u, client_policies c
    WHERE s.id = $1::uuid AND u.id = s.user_id AND c.client_id = s.client_id
    RETURNING
      ${verdictOn('old')} AS verdict,
      new.id AS session_id, new.generation AS current_generation, new.revoked_reason, new.amr, new.auth_time, new.scopes,
      new.expires_at AS session_expires_at, new.idle_expires_at AS session_idle_expires_at,
      ${viewColumns('u')}, u.entitlement_version,
      c.client_id, c.audience, c.access_ttl, c.delivery, c.license_token_ttl, c.signing_alg
  ), ended AS (
    INSERT INTO session_revocations (session_id, expires_at)
    SELECT session_id::text, $8::text::timestamptz FROM attempt WHERE verdict = 'reused'
    ON CONFLICT (session_id) DO NOTHING
  ), told AS (
    INSERT INTO outbox (id, event, key, data, headers)
    SELECT uuidv7(), e.event, a.id::text, e.data, $9::jsonb
    FROM attempt a CROSS JOIN LATERAL (VALUES
      ('${SessionRefreshed.name}', a.verdict = 'rotated',
        jsonb_build_object('user_id', a.id, 'session_id', a.session_id, 'client_id', a.client_id)),
      ('${RefreshFailed.name}', a.verdict IN ('reused', 'expired', 'revoked', 'wrong_client', 'inactive'),
        jsonb_build_object('user_id', a.id, 'session_id', a.session_id, 'reason', a.verdict)),
      ('${SessionsRevoked.name}', a.verdict = 'reused',
        jsonb_build_object('user_id', a.id, 'session_ids', jsonb_build_array(a.session_id), 'reason', 'reuse',
          'expires_at', $8::text))
    ) AS e (event, applies, data)
    WHERE e.applies
  )
  SELECT a.*, to_jsonb(l) AS license_token
  FROM attempt a LEFT JOIN license_tokens l ON l.user_id = a.id AND l.ttl = a.license_token_ttl`;
