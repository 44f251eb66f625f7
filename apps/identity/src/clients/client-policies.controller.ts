import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListClientPolicies,
  ListPolicyVersions,
  ReadClientPolicy,
  UpdateClientPolicy,
  type ClientPolicies,
  type ClientPolicy,
  type ClientPolicyRequest,
  type Empty,
  type PolicyVersions,
  type UpdateClientPolicyRequest,
} from '#contracts';
import { PolicyHistory } from './client-policies.queries.js';
import { ClientPolicyChanges } from './client-policies.service.js';
import { Clients } from './clients.service.js';

@Controller()
export class ClientPoliciesController {
  constructor(
    private readonly clients: Clients,
    private readonly policies: ClientPolicyChanges,
    private readonly history: PolicyHistory,
  ) {}

  @Handles(ListClientPolicies, { transaction: false })
  async list(_input: Empty): Promise<ClientPolicies> {
    return this.clients.listNow();
  }

  @Handles(ReadClientPolicy, { transaction: false })
  read({ client_id }: ClientPolicyRequest): Promise<ClientPolicy> {
    return this.policies.read(client_id);
  }

  @Handles(ListPolicyVersions, { transaction: false })
  async versions({ client_id }: ClientPolicyRequest): Promise<PolicyVersions> {
    await this.policies.read(client_id);
    return this.history.of(client_id);
  }

  @Handles(UpdateClientPolicy)
  update(input: UpdateClientPolicyRequest): Promise<ClientPolicy> {
    return this.policies.update(input);
  }
}
