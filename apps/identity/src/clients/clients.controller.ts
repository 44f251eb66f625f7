import { Controller, type OnApplicationBootstrap } from '@nestjs/common';
import { Bus, Handles, Watches } from '#bus';
import { ClientChanged, ListClients, type ClientChangedData, type ClientPolicies, type Empty } from '#contracts';
import { Clients } from './clients.service.js';

@Controller()
export class ClientsController implements OnApplicationBootstrap {
  constructor(
    private readonly clients: Clients,
    private readonly bus: Bus,
  ) {}

  onApplicationBootstrap(): void {
    this.bus.onReconnect(() => this.clients.reload());
  }

  @Handles(ListClients, { transaction: false })
  async list(_input: Empty): Promise<ClientPolicies> {
    return this.clients.list();
  }

  @Watches(ClientChanged)
  changed(_data: ClientChangedData): Promise<void> {
    return this.clients.reload();
  }
}
