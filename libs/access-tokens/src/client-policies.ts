import { Controller, Injectable } from '@nestjs/common';
import { Bus, Watches } from '#bus';
import { ClientChanged, ListClients, type ClientPolicies, type ClientPolicy } from '#contracts';
import { HeldCopy } from './held-copy.js';

const RELOAD_MS = 300_000;

/** Client policies as identity keeps them, held in memory by whoever has to obey them. */
@Injectable()
export class ClientPolicyCache extends HeldCopy {
  private policies: ClientPolicies = { default_client_id: '', clients: [] };
  private byId = new Map<string, ClientPolicy>();

  constructor(private readonly bus: Bus) {
    super();
  }

  get defaultClientId(): string {
    return this.policies.default_client_id;
  }

  all(): readonly ClientPolicy[] {
    this.refreshWhenOld();
    return this.policies.clients;
  }

  find(clientId: string): ClientPolicy | undefined {
    this.refreshWhenOld();
    return this.byId.get(clientId);
  }

  protected async load(): Promise<void> {
    this.policies = await this.bus.send(ListClients, {});
    this.byId = new Map(this.policies.clients.map((c) => [c.client_id, c]));
  }

  private refreshWhenOld(): void {
    if (this.age > RELOAD_MS && this.age < Infinity) void this.follow();
  }
}

@Controller()
export class ClientPolicyController {
  constructor(private readonly policies: ClientPolicyCache) {}

  @Watches(ClientChanged)
  changed(): void {
    void this.policies.follow();
  }
}
