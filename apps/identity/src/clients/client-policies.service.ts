import { Injectable } from '@nestjs/common';
import { ClientChanged, NotFound, PolicyChanged, type ClientPolicy, type UpdateClientPolicyRequest } from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { ClientPoliciesRepository } from './client-policies.repository.js';
import { checkedPolicy } from './clients-file.rules.js';
import { ClientsUpkeep } from './clients-upkeep.service.js';

/** Makes new versions of policies while everything runs. What the file says later counts only if its version is newer. */
@Injectable()
export class ClientPolicyChanges {
  constructor(
    private readonly stored: ClientPoliciesRepository,
    private readonly upkeep: ClientsUpkeep,
    private readonly tx: Transactions,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `not_found` */
  async read(clientId: string): Promise<ClientPolicy> {
    const policy = (await this.stored.all()).find((each) => each.client_id === clientId);
    if (!policy) throw NotFound.with();
    return policy;
  }

  /** @throws Refusal `validation_failed`, `not_found`; `policy_changed` when it builds on an older version */
  async update({ client_id, changes }: UpdateClientPolicyRequest): Promise<ClientPolicy> {
    const before = await this.read(client_id);
    const { version: base = before.version, ...rest } = changes;
    if (base !== before.version) throw PolicyChanged.with({ members: { version: before.version } });
    const version = before.version + 1;
    const hashes = await this.stored.secretHashes(client_id);
    const policy = checkedPolicy({ ...before, ...rest, client_id, version }, hashes);
    if (!(await this.stored.putNewer(policy))) throw PolicyChanged.with();
    await this.outbox.append(ClientChanged, { client_id, version }, { key: client_id });
    this.tx.afterCommit(() => void this.upkeep.follow());
    return policy;
  }
}
