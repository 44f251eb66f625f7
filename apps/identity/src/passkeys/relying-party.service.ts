import { Injectable } from '@nestjs/common';
import { Clients } from '../clients/clients.service.js';
import { IdentityConfig } from '../identity.config.js';

/** Who asks for passkeys: our own site, and frontends below the same domain. */
@Injectable()
export class RelyingParty {
  readonly name = 'Gatehouse';
  /** The domain that passkeys belong to: `PASSKEY_DOMAIN`, else the host of `PUBLIC_URL`. */
  readonly id: string;
  private readonly own: string;

  constructor(
    config: IdentityConfig,
    private readonly clients: Clients,
  ) {
    const url = new URL(config.publicUrl);
    this.own = url.origin;
    this.id = config.passkeyDomain || url.hostname;
  }

  /** Origins from which an answer may come: exact ones, never patterns (R-WA2). */
  get origins(): string[] {
    const listed = this.clients.list().clients.flatMap((client) => client.origins);
    return [this.own, ...listed.filter((origin) => !origin.includes('*') && this.isBelow(origin))];
  }

  private isBelow(origin: string): boolean {
    const { hostname } = new URL(origin);
    return hostname === this.id || hostname.endsWith(`.${this.id}`);
  }
}
