import { Controller, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, Handles, Watches } from '#bus';
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
import { Clients } from './clients.service.js';

@Controller()
export class ClientsController implements OnApplicationBootstrap {
  constructor(
    private readonly clients: Clients,
    private readonly proof: ClientProof,
    private readonly bus: Bus,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.onReconnect(() => this.clients.reload());
  }

  @Handles(ListClients, { transaction: false })
  async list(_input: Empty): Promise<ClientPolicies> {
    return this.clients.list();
  }

  /** Not in one transaction: a refusal is written down. */
  @Handles(AuthenticateClient, { transaction: false })
  async authenticate(input: ClientCredentialsShown): Promise<Empty> {
    await this.proof.prove(input);
    return {};
  }

  @Watches(ClientChanged)
  changed(_data: ClientChangedData): Promise<void> {
    return this.clients.reload();
  }
}
