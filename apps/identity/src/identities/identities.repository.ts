import { Injectable } from '@nestjs/common';
import type { Identity, IdentityKind } from '#contracts';
import { Transactions } from '#persistence';

/** An identity with what has to be known of its account before it is let in. */
export interface KnownIdentity {
  id: string;
  /** Whether the account belonged to a proven address, or to none, when the identity was linked. */
  proven: boolean;
  user: { id: string; roles: string[]; entitlement_version: number };
  email_verified: boolean;
  /** Whether the account has an admin’s credentials, with which alone it is entered. */
  is_admins: boolean;
}

export interface NewIdentity {
  user_id: string;
  provider: IdentityKind;
  subject: string;
  label: string | null;
  proven: boolean;
}

interface Row {
  id: string;
  proven: boolean;
  user_id: string;
  roles: string[];
  entitlement_version: number;
  email_verified: boolean;
  is_admins: boolean;
}

/** An identity that was linked before the address was proven is nothing once it is (R-LK4). */
const HOLDS = '(i.proven OR u.email_verified_at IS NULL)';

/** Linked identities: table `oauth_accounts`. */
@Injectable()
export class IdentitiesRepository {
  constructor(private readonly tx: Transactions) {}

  async find(provider: IdentityKind, subject: string): Promise<KnownIdentity | undefined> {
    const [row] = await this.tx.query<Row>(
      `SELECT i.id, i.proven, i.user_id, u.roles, u.entitlement_version,
         u.email_verified_at IS NOT NULL AS email_verified, a.user_id IS NOT NULL AS is_admins
       FROM oauth_accounts i JOIN website_users u ON u.id = i.user_id LEFT JOIN admin_credentials a ON a.user_id = u.id
       WHERE i.provider = $1 AND i.subject = $2`,
      [provider, subject],
    );
    if (!row) return undefined;
    const { user_id, roles, entitlement_version, ...rest } = row;
    return { ...rest, user: { id: user_id, roles, entitlement_version } };
  }

  /** @returns its id, or nothing when some account has this identity already */
  async add({ user_id, provider, subject, label, proven }: NewIdentity): Promise<string | undefined> {
    const [row] = await this.tx.query<{ id: string }>(
      `INSERT INTO oauth_accounts (user_id, provider, subject, label, proven) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING id`,
      [user_id, provider, subject, label?.slice(0, 255) ?? null, proven],
    );
    return row?.id;
  }

  async markUsed(id: string, label: string | null): Promise<void> {
    await this.tx.query('UPDATE oauth_accounts SET last_used_at = now(), label = COALESCE($2, label) WHERE id = $1', [
      id,
      label?.slice(0, 255) ?? null,
    ]);
  }

  async of(userId: string): Promise<Identity[]> {
    const rows = await this.tx.query<Omit<Identity, 'created_at' | 'last_used_at'> & Times>(
      `SELECT i.id, i.provider, i.label, i.created_at, i.last_used_at
       FROM oauth_accounts i JOIN website_users u ON u.id = i.user_id
       WHERE i.user_id = $1 AND ${HOLDS} ORDER BY i.created_at, i.id LIMIT 1000`,
      [userId],
    );
    return rows.map((row) => ({
      ...row,
      created_at: row.created_at.toISOString(),
      last_used_at: row.last_used_at?.toISOString() ?? null,
    }));
  }

  /** Takes an identity off an account, and off that account only. @returns its provider when there was one */
  async remove(id: string, userId: string): Promise<IdentityKind | undefined> {
    const [row] = await this.tx.query<{ provider: IdentityKind }>(
      'DELETE FROM oauth_accounts WHERE id = $1 AND user_id = $2 RETURNING provider',
      [id, userId],
    );
    return row?.provider;
  }

  /** Makes changes of one account’s ways in take turns. @returns nothing for an account that is closed */
  async lockOwner(userId: string): Promise<Owner | undefined> {
    const [row] = await this.tx.query<Owner>(
      `SELECT u.email IS NULL OR u.email_verified_at IS NOT NULL AS proven,
         EXISTS (SELECT 1 FROM admin_credentials a WHERE a.user_id = u.id) AS is_admins
       FROM website_users u WHERE u.id = $1 AND u.is_active AND u.deleted_at IS NULL FOR NO KEY UPDATE`,
      [userId],
    );
    return row;
  }

  /** In how many ways an account could be entered without this identity. */
  async otherWaysIn(userId: string, identityId: string): Promise<number> {
    const [row] = await this.tx.query<{ ways: number }>(
      `SELECT (CASE WHEN u.password_hash IS NULL THEN 0 ELSE 1 END
         + (SELECT count(*) FROM admin_credentials a WHERE a.user_id = u.id)
         + (SELECT count(*) FROM passkeys p WHERE p.user_id = u.id)
         + (SELECT count(*) FROM oauth_accounts i WHERE i.user_id = u.id AND i.id <> $2 AND ${HOLDS}))::integer AS ways
       FROM website_users u WHERE u.id = $1`,
      [userId, identityId],
    );
    return row?.ways ?? 0;
  }
}

interface Times {
  created_at: Date;
  last_used_at: Date | null;
}

/** An account that gets or loses an identity. */
export interface Owner {
  /** Whether its address is proven, or there is none to prove. */
  proven: boolean;
  is_admins: boolean;
}
