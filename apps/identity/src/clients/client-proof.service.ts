import { Injectable } from '@nestjs/common';
import { ClientAuthenticationFailed, ClientRefused, Refusal, UnknownClient, type ClientPolicy } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { ClientPoliciesRepository } from './client-policies.repository.js';
import { isClientSecret } from './client-secret.rules.js';
import { Clients } from './clients.service.js';

/** Which client asks, and by what it proves it. */
export interface ClientShown {
  client_id?: string;
  client_secret?: string;
}

/** Has confidential clients prove who they are (RFC 6749 §2.3). */
@Injectable()
export class ClientProof {
  constructor(
    private readonly clients: Clients,
    private readonly stored: ClientPoliciesRepository,
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
  ) {}

  /**
   * The policy of a client that is who it says: a confidential one shows its secret, a public one has none to show.
   * @throws Refusal `unknown_client`, `client_authentication_failed`
   */
  async prove({ client_id, client_secret }: ClientShown & { client_id: string }): Promise<ClientPolicy> {
    const policy = this.clients.policyOf(client_id);
    if (!policy.confidential && !client_secret) return policy;
    if (client_secret && isClientSecret(client_secret, await this.stored.secretHashes(client_id))) return policy;
    await this.tx.run(() => this.outbox.append(ClientRefused, { client_id }, { key: client_id }));
    throw ClientAuthenticationFailed.with();
  }

  /** Whether the client that is named, if any, is a confidential one and has shown its secret. */
  async proves({ client_id, client_secret }: ClientShown): Promise<boolean> {
    if (client_id === undefined) return false;
    try {
      return (await this.prove({ client_id, client_secret })).confidential;
    } catch (error) {
      // A client that nobody knows has no tokens either.
      if (error instanceof Refusal && error.is(UnknownClient)) return false;
      throw error;
    }
  }
}
