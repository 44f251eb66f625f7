import { Injectable } from '@nestjs/common';
import { ClientChanged, type ClientPolicy, type PolicyVersions } from '#contracts';
import { Transactions } from '#persistence';

/** Policies as they once were: table `client_policy_versions`. Who changed them stands in the audit log. */
@Injectable()
export class PolicyHistory {
  constructor(private readonly tx: Transactions) {}

  async of(clientId: string): Promise<PolicyVersions> {
    const rows = await this.tx.query<{ policy: ClientPolicy; at: Date; changed_by: string | null }>(
      `SELECT v.policy, v.at, (
         SELECT s.user_id FROM audit_log l JOIN audit_subjects s ON s.subject = l.actor
         WHERE l.event = $2 AND l.client_id = v.client_id AND l.data->>'version' = v.version::text LIMIT 1
       ) AS changed_by
       FROM client_policy_versions v WHERE v.client_id = $1 ORDER BY v.version DESC LIMIT 1000`,
      [clientId, ClientChanged.name],
    );
    return { versions: rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })) };
  }
}
