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
  'extension',
  'confidential',
  'first_party',
  'scopes',
  'post_logout_redirects',
] as const satisfies readonly (keyof ClientPolicy)[];

/** Number of the parameter after the columns'. */
const HASHES = COLUMNS.length + 1;
const REPLACED = COLUMNS.slice(1).map((column) => `${column} = EXCLUDED.${column}`);

/** The policies of the client applications: table `client_policies`. */
@Injectable()
export class ClientPoliciesRepository {
  constructor(private readonly tx: Transactions) {}

  async all(): Promise<ClientPolicy[]> {
    return this.tx.query<ClientPolicy>(`SELECT ${COLUMNS.join(', ')} FROM client_policies ORDER BY client_id`);
  }

  /**
   * Stores a policy if it is new or newer than the stored one.
   * @param secretHashes of its secrets; those that are stored stay when none are given
   * @returns whether it was stored
   */
  async putNewer(policy: ClientPolicy, secretHashes?: string[]): Promise<boolean> {
    const rows = await this.tx.query(
      `WITH put AS (
       INSERT INTO client_policies AS stored (${COLUMNS.join(', ')}, secret_hashes)
       VALUES (${COLUMNS.map((_, i) => `$${i + 1}`).join(', ')}, COALESCE($${HASHES}::text[], '{}'))
       ON CONFLICT (client_id) DO UPDATE SET ${REPLACED.join(', ')}, updated_at = now(),
         secret_hashes = COALESCE($${HASHES}::text[], stored.secret_hashes)
       WHERE stored.version < EXCLUDED.version
       RETURNING client_id, version
       ), kept AS (
         INSERT INTO client_policy_versions (client_id, version, policy)
         SELECT client_id, version, $${HASHES + 1}::jsonb FROM put ON CONFLICT DO NOTHING
       )
       SELECT client_id FROM put`,
      [...COLUMNS.map((column) => policy[column]), secretHashes ?? null, policy],
    );
    return rows.length > 0;
  }

  /** Hashes of a confidential client's secrets: the current one, and the next while it is being replaced. */
  async secretHashes(clientId: string): Promise<string[]> {
    const [row] = await this.tx.query<{ secret_hashes: string[] }>(
      'SELECT secret_hashes FROM client_policies WHERE client_id = $1 AND confidential',
      [clientId],
    );
    return row?.secret_hashes ?? [];
  }
}
