import { Injectable } from '@nestjs/common';
import { ClientPolicyCache } from '#access-tokens';
import { CallerRegistry } from '../access/caller-registry.js';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { TokenReader } from '../access/token-reader.js';
import { OAuthClients } from './oauth-clients.service.js';

/** Everybody whom an OAuth request can name: internal callers, people by their tokens, client applications. */
@Injectable()
export class OAuthParties {
  constructor(
    readonly callers: CallerRegistry,
    readonly tokens: TokenReader,
    readonly revocations: GatewayRevocations,
    readonly applications: OAuthClients,
    private readonly clients: ClientPolicyCache,
  ) {}

  get defaultClientId(): string {
    return this.clients.defaultClientId;
  }
}
