import { Injectable } from '@nestjs/common';
import { GrantRevoked, NotFound, type AuthorizationGrants, type EndedSessions, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { Clients } from '../clients/clients.service.js';
import { Revocations } from '../revocations/revocations.service.js';
import { AuthorizationCodesRepository } from './authorization-codes.repository.js';
import { GrantsRepository } from './grants.repository.js';

/** What a person has allowed applications: seen, and taken back (R-AS9). */
@Injectable()
export class Grants {
  constructor(
    private readonly clients: Clients,
    private readonly stored: GrantsRepository,
    private readonly codes: AuthorizationCodesRepository,
    private readonly revocations: Revocations,
    private readonly outbox: Outbox,
  ) {}

  async list({ user_id }: UserActor): Promise<AuthorizationGrants> {
    const policies = new Map(this.clients.list().clients.map((policy) => [policy.client_id, policy]));
    const grants = (await this.stored.list(user_id)).map(({ client_id, scopes, granted_at, last_used_at }) => ({
      client_id,
      name: policies.get(client_id)?.name ?? client_id,
      first_party: policies.get(client_id)?.first_party ?? false,
      scopes,
      granted_at: granted_at.toISOString(),
      last_used_at: last_used_at.toISOString(),
    }));
    return { grants };
  }

  /** @throws Refusal `not_found` */
  async revoke({ user_id }: UserActor, client_id: string): Promise<EndedSessions> {
    if (!(await this.stored.revoke(user_id, client_id))) throw NotFound.with();
    await this.codes.voidAll(user_id, client_id);
    const ended = (await this.stored.endSessions(user_id, client_id)).map((session) => session.id);
    await this.revocations.announce(user_id, ended, 'user_revoked');
    await this.outbox.append(GrantRevoked, { user_id, client_id }, { key: user_id });
    return { session_ids: ended };
  }
}
