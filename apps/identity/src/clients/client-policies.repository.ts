import { Injectable } from '@nestjs/common';
import type { ClientPolicy } from '#contracts';
import { Transactions } from '#persistence';

const COLUMNS = [
  'client_id',
  'name',
  'version',
  'audience',
  'access_ttl',
  'refresh_ttl',
  'refresh_idle_ttl',
  'delivery',
  'cookie_name',
  'cookie_domain',
  'cookie_same_site',
  'body_fallback',
  'license_token_ttl',
  'origins',
  'redirects',
  'grants',
  'registration',
  'signing_alg',
] as const satisfies readonly (keyof ClientPolicy)[];

const REPLACED = COLUMNS.slice(1).map((column) => `${column} = EXCLUDED.${column}`);

/** The policies of the client applications: table `client_policies`. */
@Injectable()
export class ClientPoliciesRepository {
  constructor(private readonly tx: Transactions) {}

  async all(): Promise<ClientPolicy[]> {
    return this.tx.query<ClientPolicy>(`SELECT ${COLUMNS.join(', ')} FROM client_policies ORDER BY client_id`);
  }

  /** Stores a policy if it is new or newer than the stored one. @returns whether it was stored */
  async putNewer(policy: ClientPolicy): Promise<boolean> {
    const rows = await this.tx.query(
      `INSERT INTO client_policies AS stored (${COLUMNS.join(', ')})
       VALUES (${COLUMNS.map((_, i) => `$${i + 1}`).join(', ')})
       ON CONFLICT (client_id) DO UPDATE SET ${REPLACED.join(', ')}, updated_at = now()
       WHERE stored.version < EXCLUDED.version
       RETURNING client_id`,
      COLUMNS.map((column) => policy[column]),
    );
    return rows.length > 0;
  }
}
