import { Controller, Injectable } from '@nestjs/common';
import { Bus, Watches } from '#bus';
import { ClientChanged, ListClients, type ClientPolicies, type ClientPolicy } from '#contracts';

const RELOAD_MS = 300_000;

/** Client policies as identity keeps them, held in memory by whoever has to obey them. */
@Injectable()
export class ClientPolicyCache {
  private policies: ClientPolicies = { default_client_id: '', clients: [] };
  private byId = new Map<string, ClientPolicy>();
  private loadedAt = 0;
  private loading?: Promise<void>;

  constructor(private readonly bus: Bus) {}

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

  reload(): Promise<void> {
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  private refreshWhenOld(): void {
    if (this.loadedAt && Date.now() - this.loadedAt > RELOAD_MS) void this.reload().catch(() => undefined);
  }

  private async load(): Promise<void> {
    this.policies = await this.bus.send(ListClients, {});
    this.byId = new Map(this.policies.clients.map((c) => [c.client_id, c]));
    this.loadedAt = Date.now();
  }
}

@Controller()
export class ClientPolicyController {
  constructor(private readonly policies: ClientPolicyCache) {}

  @Watches(ClientChanged)
  changed(): void {
    void this.policies.reload().catch(() => undefined);
  }
}
