import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Whom to erase; the address only when it was proven to be the person's. */
export interface ErasedPerson {
  user_id: string;
  email: string | null;
}

/** What stands in the place of a person that accounting has no need of. Nobody can ever have this address. */
export const NOBODY = { name: 'erased', email: 'erased@erased.invalid', blob: 'erased' };

/** The same, when nothing but an address is known of the person. */
export type Whose = ErasedPerson | { user_id: null; email: string };

/** What became nobody’s, and the accounts that owned it. */
export interface ErasedLicenses {
  licenses: number;
  issuances: number;
  owners: string[];
}

const NAMED = 'license_key IN (SELECT license_key FROM licenses WHERE lower(email) = lower($1))';
const THEIRS = '(user_id = $1 OR lower(email) = lower($2))';

/** Shows and erases what this database holds about a person. */
@Injectable()
export class ErasureRepository {
  constructor(private readonly tx: Transactions) {}

  async read({ user_id, email }: ErasedPerson): Promise<Record<string, unknown>> {
    const of = (sql: string) => this.tx.query(sql, [user_id]);
    return {
      licenses: await this.tx.query(
        `SELECT license_key, name, email, tier, issued_at, expires_at, gumroad_order_id, revoked_at, revoked_reason,
           suspended_at, suspended_reason FROM licenses WHERE ${THEIRS} ORDER BY issued_at`,
        [user_id, email],
      ),
      grants: await of(
        'SELECT source, plan, features, effective_at, expires_at, created_at FROM grants WHERE user_id = $1 ORDER BY id',
      ),
      claims: await of('SELECT evidence, claimed_at FROM claims WHERE user_id = $1'),
      entitlement: await of('SELECT plan, features, expires_at, updated_at FROM entitlements WHERE user_id = $1'),
      account_links: await of('SELECT sub FROM account_links WHERE user_id = $1'),
      installations: await of(
        'SELECT id, client_id, name, platform, app_version, created_at, last_seen_at FROM installations WHERE user_id = $1',
      ),
      license_tokens: await of('SELECT issued_at, expires_at FROM license_tokens WHERE user_id = $1'),
    };
  }

  /** How many rows name the address. */
  async count(email: string): Promise<ErasedLicenses> {
    const [row] = await this.tx.query<{ licenses: number; issuances: number }>(
      `SELECT (SELECT count(*)::int FROM licenses WHERE lower(email) = lower($1)) AS licenses,
         (SELECT count(*)::int FROM license_issuance WHERE ${NAMED} OR lower(email) = lower($1)) AS issuances`,
      [email],
    );
    return { ...row!, owners: [] };
  }

  /** Keeps the address out of what was sold until now and is written down later, e.g. by an import. */
  async rememberErased(email: string): Promise<void> {
    await this.tx.query(
      `INSERT INTO erased_addresses (address_hash) VALUES (address_hash($1))
       ON CONFLICT (address_hash) DO UPDATE SET erased_at = now()`,
      [email],
    );
  }

  /** Takes the person out of the licenses, which accounting needs: keys, tiers, orders and dates stay. */
  async anonymizeLicenses({ user_id, email }: Whose): Promise<ErasedLicenses> {
    const rows = await this.tx.query<{ license_key: string; user_id: string | null }>(
      `UPDATE licenses SET name = $3, email = $4, blob = $5, notes = NULL, user_id = NULL
       WHERE ${THEIRS} RETURNING license_key, old.user_id`,
      [user_id, email, NOBODY.name, NOBODY.email, NOBODY.blob],
    );
    const keys = rows.map((row) => row.license_key);
    const issued = await this.tx.query<{ id: string }>(
      `UPDATE license_issuance SET name = $3, email = $4, notes = NULL
       WHERE license_key = ANY ($1::text[]) OR lower(email) = lower($2) RETURNING id`,
      [keys, email, NOBODY.name, NOBODY.email],
    );
    // An answer that is kept to be given again holds the license whole.
    await this.tx.query('DELETE FROM idempotency_keys WHERE issuance_id = ANY ($1::uuid[])', [issued.map((i) => i.id)]);
    const owners = [...new Set(rows.flatMap((row) => row.user_id ?? []))];
    return { licenses: keys.length, issuances: issued.length, owners };
  }

  async deleteEntitlement(userId: string): Promise<void> {
    for (const table of ['license_tokens', 'entitlements', 'grants', 'claims', 'account_links', 'installations']) {
      await this.tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    }
  }
}
