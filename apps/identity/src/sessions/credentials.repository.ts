import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';
import type { CachedLicenseToken } from '../license-tokens/license-tokens.repository.js';

/** A password that may open an account, and what the sign-in has to know about the account. */
export interface Credentials {
  id: string;
  roles: string[];
  entitlement_version: number;
  is_active: boolean;
  deleted_at: Date | null;
  /** Grows when the password is replaced. */
  credential_version: number;
  /** Device tokens that are older make no device known; `null`: all do. */
  devices_known_from: Date | null;
  password_hash: string | null;
  asks_for_second_factor: boolean;
  /** Where the hash is kept: an admin's stands apart from the account. */
  kept_in: 'admin_credentials' | 'website_users';
  /** The license token that was kept for the account, when the client gets one. */
  license_token: CachedLicenseToken | null;
}

/** A name as it was typed at a sign-in. */
export interface TypedName {
  /** As it was typed: what an address is compared with. */
  typed: string;
  /** The same normalized, as usernames are. */
  name: string;
  /** Under what its failures are counted, whoever types it, and from the device that asks. */
  lanes: { name: Buffer; device: Buffer };
  realm: 'any' | 'player';
  /** Lifetime in seconds of the license token that the client gets; 0: none. */
  licenseTtl: number;
}

/** What a sign-in has to know before it looks at the password. */
export interface Lookup {
  /** Which lanes have to wait after failures. */
  blocked: { name: boolean; device: boolean };
  found?: Credentials;
}

/** Finds and replaces password hashes. */
@Injectable()
export class CredentialsRepository {
  constructor(private readonly tx: Transactions) {}

  /**
   * The credentials that a sign-in name stands for: an admin's by username first, then a player's by address or
   * username. An account that has an admin's credentials is entered with those and nothing else, and not at all
   * in the realm `player`.
   * One statement, whatever there is, so that it takes the same time for a name that nobody has.
   */
  async find({ typed, name, lanes, realm, licenseTtl }: TypedName): Promise<Lookup> {
    const [row] = await this.tx.query<Credentials & { name: boolean; device: boolean }>(
      `SELECT g.name, g.device, c.*
       FROM (SELECT COALESCE(bool_or(name_hash = $4), false) AS name, COALESCE(bool_or(name_hash = $6), false) AS device
         FROM login_guards WHERE name_hash IN ($4, $6) AND blocked_until > now()) g
       LEFT JOIN LATERAL (SELECT u.id, u.roles, u.entitlement_version, u.is_active, u.deleted_at,
         u.mfa_since IS NOT NULL AS asks_for_second_factor,
         u.credential_version, NULLIF(u.devices_known_from, '-infinity') AS devices_known_from,
         CASE WHEN a.user_id IS NULL THEN u.password_hash
           WHEN lower(a.username) = lower($1 COLLATE pg_unicode_fast) AND $2 = 'any' THEN a.password_hash
         END AS password_hash,
         CASE WHEN a.user_id IS NULL THEN 'website_users' ELSE 'admin_credentials' END AS kept_in,
         (SELECT to_jsonb(l) FROM license_tokens l WHERE l.user_id = u.id AND l.ttl = $5) AS license_token
       FROM website_users u LEFT JOIN admin_credentials a ON a.user_id = u.id
       WHERE lower(u.email) = lower($3 COLLATE pg_unicode_fast)
         OR lower(u.username) = lower($1 COLLATE pg_unicode_fast)
       ORDER BY a.user_id NULLS LAST LIMIT 1) c ON true`,
      [name, realm, typed.trim(), lanes.name, licenseTtl, lanes.device],
    );
    const { name: byName, device, ...found } = row!;
    return { blocked: { name: byName, device }, found: found.id ? found : undefined };
  }

  /** Replaces a hash unless it was changed meanwhile. */
  async replaceHash({ id, kept_in, password_hash }: Credentials, newHash: string): Promise<void> {
    const key = kept_in === 'admin_credentials' ? 'user_id' : 'id';
    await this.tx.query(
      `UPDATE ${kept_in} SET password_hash = $2, updated_at = now() WHERE ${key} = $1 AND password_hash = $3`,
      [id, newHash, password_hash],
    );
  }
}
