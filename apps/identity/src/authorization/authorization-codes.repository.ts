import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** A code as the database knows it. */
export interface AuthorizationCode {
  code_hash: Buffer;
  client_id: string;
  user_id: string;
  redirect_uri: string;
  code_challenge: string;
  scopes: string[];
  nonce: string | null;
  amr: string[];
  auth_time: Date;
  expires_at: Date;
  /** The session that it was exchanged for. */
  session_id: string | null;
}

/** A code with what tokens for its person have to say of the account. */
export interface OwnedCode extends AuthorizationCode {
  roles: string[];
  entitlement_version: number;
}

/** Authorization codes, by hash: table `authorization_codes`. */
@Injectable()
export class AuthorizationCodesRepository {
  constructor(private readonly tx: Transactions) {}

  async add(c: Omit<AuthorizationCode, 'session_id'>): Promise<void> {
    await this.tx.query(
      `INSERT INTO authorization_codes
         (code_hash, client_id, user_id, redirect_uri, code_challenge, scopes, nonce, amr, auth_time, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[c.code_hash, c.client_id, c.user_id, c.redirect_uri, c.code_challenge],
        ...[c.scopes, c.nonce, c.amr, c.auth_time, c.expires_at],
      ],
    );
  }

  async find(hash: Buffer): Promise<OwnedCode | undefined> {
    const [row] = await this.tx.query<OwnedCode>(
      `SELECT c.*, u.roles, u.entitlement_version
       FROM authorization_codes c JOIN website_users u ON u.id = c.user_id WHERE c.code_hash = $1`,
      [hash],
    );
    return row;
  }

  /**
   * Uses a code up for a session. Of any number that try at once the database lets one through.
   * @returns whether this was the one
   */
  async consume(hash: Buffer, sessionId: string): Promise<boolean> {
    const rows = await this.tx.query(
      `UPDATE authorization_codes SET consumed_at = now(), session_id = $2
       WHERE code_hash = $1 AND consumed_at IS NULL AND expires_at > now() RETURNING code_hash`,
      [hash, sessionId],
    );
    return rows.length > 0;
  }

  /** Ends the codes that an application was given for a person and has not exchanged yet. */
  async voidAll(userId: string, clientId: string): Promise<void> {
    await this.tx.query(
      'DELETE FROM authorization_codes WHERE user_id = $1 AND client_id = $2 AND consumed_at IS NULL',
      [userId, clientId],
    );
  }
}
