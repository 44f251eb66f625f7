import { Injectable } from '@nestjs/common';
import { ClientPolicyCache } from '#access-tokens';
import type { ClientPolicy } from '#contracts';
import { GatewayConfig } from '../gateway.config.js';
import { allowsOrigin, originRules, type OriginRules } from './origins.rules.js';

/** Which sites may speak with Gatehouse as which client, from the client policies. */
@Injectable()
export class OriginsService {
  readonly development: boolean;
  private readonly own: string;
  private compiledFrom?: readonly ClientPolicy[];
  private byClient = new Map<string, OriginRules>();

  constructor(
    config: GatewayConfig,
    private readonly clients: ClientPolicyCache,
  ) {
    this.development = config.profile === 'development';
    this.own = new URL(config.publicUrl).origin;
  }

  /** Whether `origin` is ours or listed by any client. */
  allows(origin: string): boolean {
    if (origin === this.own) return true;
    for (const rules of this.rules().values()) if (allowsOrigin(rules, origin)) return true;
    return false;
  }

  /** Whether `origin` is ours or listed by this client. */
  allowsFor(origin: string, clientId: string): boolean {
    if (origin === this.own) return true;
    const rules = this.rules().get(clientId);
    return rules !== undefined && allowsOrigin(rules, origin);
  }

  private rules(): Map<string, OriginRules> {
    const policies = this.clients.all();
    if (policies !== this.compiledFrom) {
      this.byClient = new Map(policies.map((p) => [p.client_id, originRules(p.origins, this.development)]));
      this.compiledFrom = policies;
    }
    return this.byClient;
  }
}
