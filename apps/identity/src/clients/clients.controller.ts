import { Controller } from '@nestjs/common';
import { Handles, Watches } from '#bus';
import {
  AuthenticateClient,
  ClientChanged,
  ListClients,
  type ClientChangedData,
  type ClientCredentialsShown,
  type ClientPolicies,
  type Empty,
} from '#contracts';
import { ClientProof } from './client-proof.service.js';
import { ClientsUpkeep } from './clients-upkeep.service.js';
import { Clients } from './clients.service.js';

@Controller()
export class ClientsController {
  constructor(
    private readonly clients: Clients,
    private readonly proof: ClientProof,
    private readonly upkeep: ClientsUpkeep,
  ) {}

  @Handles(ListClients, { transaction: false })
  async list(_input: Empty): Promise<ClientPolicies> {
    return this.clients.listNow();
  }

  /** Not in one transaction: a refusal is written down. */
  @Handles(AuthenticateClient, { transaction: false })
  async authenticate(input: ClientCredentialsShown): Promise<Empty> {
    await this.proof.prove(input);
    return {};
  }

  @Watches(ClientChanged)
  changed(_data: ClientChangedData): Promise<void> {
    return this.upkeep.follow();
  }
}
