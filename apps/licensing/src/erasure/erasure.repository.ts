import { Injectable } from '@nestjs/common';
import { Transactions } from '#persistence';

/** Whom to erase; the address only when it was proven to be the person's. */
export interface ErasedPerson {
  user_id: string;
  email: string | null;
}

/** What stands in the place of a person that accounting has no need of. Nobody can ever have this address. */
export const NOBODY = { name: 'erased', email: 'erased@erased.invalid', blob: 'erased' };

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

  /** Takes the person out of the licenses, which accounting needs: keys, tiers, orders and dates stay. */
  async anonymizeLicenses({ user_id, email }: ErasedPerson): Promise<void> {
    const rows = await this.tx.query<{ license_key: string }>(
      `UPDATE licenses SET name = $3, email = $4, blob = $5, notes = NULL, user_id = NULL
       WHERE ${THEIRS} RETURNING license_key`,
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
  }

  async deleteEntitlement(userId: string): Promise<void> {
    for (const table of ['license_tokens', 'entitlements', 'grants', 'claims', 'account_links', 'installations']) {
      await this.tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
    }
  }
}
