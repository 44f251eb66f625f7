import { Injectable } from '@nestjs/common';
import { Transactions, type OutboxRow } from '#persistence';
import { SUFFICIENT } from '../mfa/sufficient.rules.js';
import { viewColumns, type UserColumns } from '../users/website-user.entity.js';
import { AuthSession } from './auth-session.entity.js';

/** What a session begins with. */
export type NewSession = Pick<
  AuthSession,
  | 'id'
  | 'user_id'
  | 'client_id'
  | 'device_id'
  | 'refresh_token_hash'
  | 'user_agent'
  | 'ip'
  | 'amr'
  | 'auth_time'
  | 'scopes'
  | 'impersonated_by'
  | 'idle_expires_at'
  | 'expires_at'
>;

/** What has to hold for a session to begin, and what is told of it. */
export interface Opening {
  /** The roles in the access token that was signed for the session. */
  roles: string[];
  /** Of the password that was compared: a session does not begin with one that was replaced meanwhile. */
  credential_version?: number;
  /** Since when the device is known to the account, as far as its token says. */
  known_since?: Date;
  /** Under what failures of the sign-in name are counted; ended with the sign-in, refused while it is blocked. */
  guard?: Buffer;
  told: OutboxRow;
  /** Told as well when nobody has signed in to the account like this before. */
  spotted: OutboxRow;
}

/** A session that has ended, and whose it was. */
export interface EndedSession {
  id: string;
  user_id: string;
  /** It is no session but the token of a paired device. */
  device?: boolean;
}

/** What a token at sign-out has to show besides its authenticity. */
export interface PresentedToken {
  session_id: string;
  /** Hashes under which the session knows the token: its own and its successor's. */
  hashes: Buffer[];
}

const OPEN_STATEMENT = `
  WITH guard AS (
    SELECT name_hash, blocked_until > now() AS blocked FROM login_guards WHERE name_hash = $12::bytea FOR UPDATE
  ), person AS (
    UPDATE website_users SET last_login_at = now(), last_seen_at = now(), left_at = NULL
    WHERE id = $2 AND is_active AND deleted_at IS NULL AND roles = $11::text[]
      AND NOT EXISTS (SELECT 1 FROM guard WHERE blocked)
      AND (mfa_since IS NULL OR $7::text[] && '{${SUFFICIENT.join()}}')
      AND ($20::integer IS NULL OR credential_version = $20)
    RETURNING new.*, old.last_login_at IS NOT NULL
      AND ($21::timestamptz IS NULL OR $21 < new.devices_known_from)
      AND NOT EXISTS (
        SELECT 1 FROM auth_sessions s WHERE s.user_id = $2 AND s.revoked_at IS NULL
          AND s.user_agent IS NOT DISTINCT FROM $5 AND s.ip IS NOT DISTINCT FROM $6
      ) AS unheard_of
  ), opened AS (
    INSERT INTO auth_sessions (id, user_id, client_id, refresh_token_hash, user_agent, ip, amr, auth_time,
      idle_expires_at, expires_at, scopes, device_id)
    SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $10, $18::text[], $19 FROM person
  ), passed AS (
    DELETE FROM login_guards g USING guard, person WHERE g.name_hash = guard.name_hash
  ), told AS (
    INSERT INTO outbox (id, event, key, data, headers) SELECT $13, $14, $15, $16, $17 FROM person
  ), spotted AS (
    INSERT INTO outbox (id, event, key, data, headers) SELECT $22, $23, $24, $25, $26 FROM person WHERE unheard_of
  )
  SELECT ${viewColumns('person')} FROM person`;

/** Nobody signs in here: neither the account's last sign-in nor its known devices learn of it. */
const OPEN_IN_NAME_STATEMENT = `
  WITH person AS (
    SELECT * FROM website_users
    WHERE id = $2 AND is_active AND deleted_at IS NULL AND roles = $10::text[] FOR SHARE
  ), opened AS (
    INSERT INTO auth_sessions (id, user_id, client_id, user_agent, ip, amr, auth_time, idle_expires_at, expires_at,
      impersonated_by)
    SELECT $1, id, $3, $4, $5, $6, $7, $8, $9, $11::uuid FROM person
  )
  SELECT ${viewColumns('person')} FROM person`;

const END_ALL_STATEMENT = `
  WITH open AS (
    SELECT id FROM auth_sessions WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id FOR UPDATE
  ), ended AS (
    UPDATE auth_sessions s SET revoked_at = now(), revoked_reason = $2
    FROM open WHERE s.id = open.id RETURNING s.id::text, s.user_id
  ), paired AS (
    SELECT id FROM devices WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id FOR UPDATE
  ), unpaired AS (
    UPDATE devices d SET revoked_at = now(), revoked_reason = $2
    FROM paired WHERE d.id = paired.id RETURNING d.token_id, d.user_id
  ), withdrawn AS (
    UPDATE device_requests SET status = 'denied' WHERE user_id = $1 AND status = 'approved'
  ), voided AS (
    DELETE FROM pairing_codes WHERE user_id = $1
  )
  SELECT id, user_id, false AS device FROM ended
  UNION ALL SELECT token_id, user_id, true FROM unpaired`;

const LIVE = 'revoked_at IS NULL AND expires_at > now() AND idle_expires_at > now()';

/** Sessions: table `auth_sessions`. Rotation has its own repository. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * Opens a session, notes the sign-in and tells of it, in one statement. The row of the name's failures is locked
   * first: sign-ins and failures of one name take turns there, so that however many guesses run at once, none counts
   * that comes after the last free one. Then the account's: a suspension that comes at the same time either sees the
   * new session or is seen here.
   * @returns the account, or nothing when the name is blocked by now, or the account suspended, deleted, gone, or of
   *   other roles than the token says
   */
  async open(s: NewSession, opening: Opening): Promise<UserColumns | undefined> {
    const { told, spotted } = opening;
    const [person] = await this.tx.query<UserColumns>(OPEN_STATEMENT, [
      ...[s.id, s.user_id, s.client_id, s.refresh_token_hash, s.user_agent, s.ip, s.amr, s.auth_time],
      ...[s.idle_expires_at, s.expires_at, opening.roles, opening.guard ?? null],
      ...[told.id, told.event, told.key, told.data, told.headers, s.scopes, s.device_id],
      ...[opening.credential_version ?? null, opening.known_since ?? null],
      ...[spotted.id, spotted.event, spotted.key, spotted.data, spotted.headers],
    ]);
    return person;
  }

  /** Opens a session of staff in a person's name. @returns the account, or nothing as with {@link open} */
  async openInName(s: NewSession, roles: string[]): Promise<UserColumns | undefined> {
    const [person] = await this.tx.query<UserColumns>(OPEN_IN_NAME_STATEMENT, [
      ...[s.id, s.user_id, s.client_id, s.user_agent, s.ip, s.amr, s.auth_time, s.idle_expires_at, s.expires_at],
      ...[roles, s.impersonated_by],
    ]);
    return person;
  }

  /** The live sessions of an account, the one used last first. */
  async live(userId: string): Promise<AuthSession[]> {
    return this.tx.manager
      .createQueryBuilder(AuthSession, 's')
      .where(`s.user_id = :userId AND s.${LIVE.replaceAll(' AND ', ' AND s.')}`, { userId })
      .orderBy('s.last_used_at', 'DESC')
      .take(1_000)
      .getMany();
  }

  /** Whether the actor's own session still holds. */
  async isLive(sessionId: string, userId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `SELECT 1 FROM auth_sessions s JOIN website_users u ON u.id = s.user_id
       WHERE s.id = $1 AND s.user_id = $2 AND ${LIVE} AND u.is_active AND u.deleted_at IS NULL`,
      [sessionId, userId],
    );
    return rows.length > 0;
  }

  /** Ends one session, of that account only. @returns it, or nothing when there was none to end */
  async end(sessionId: string, userId: string | undefined, reason: string): Promise<EndedSession | undefined> {
    const [ended] = await this.tx.query<EndedSession>(
      `UPDATE auth_sessions SET revoked_at = now(), revoked_reason = $3
       WHERE id = $1 AND user_id = COALESCE($2::uuid, user_id) AND revoked_at IS NULL RETURNING id, user_id`,
      [sessionId, userId ?? null, reason],
    );
    return ended;
  }

  /**
   * Ends every session of an account, in the order of their ids so that two such calls cannot block each other; with
   * them its paired devices (R-DP4), and what it has approved or started that no device has fetched yet.
   * @returns the sessions, and the devices' tokens
   */
  async endAll(userId: string, reason: string): Promise<EndedSession[]> {
    return this.tx.query<EndedSession>(END_ALL_STATEMENT, [userId, reason]);
  }

  /** The owner of a live session whose token is the current one or the one before it. */
  async ownerOf({ session_id, hashes }: PresentedToken): Promise<string | undefined> {
    const [row] = await this.tx.query<{ user_id: string }>(
      `SELECT user_id FROM auth_sessions WHERE id = $1 AND refresh_token_hash = ANY ($2::bytea[]) AND ${LIVE}`,
      [session_id, hashes],
    );
    return row?.user_id;
  }
}
