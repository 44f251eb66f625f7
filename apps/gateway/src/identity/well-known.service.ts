import { Injectable } from '@nestjs/common';
import { KeyCache } from '#access-tokens';
import { GatewayConfig } from '../gateway.config.js';
import { OAuthGrants } from './oauth-grants.service.js';

const VERIFIES = new Set(['next', 'active', 'retiring']);
/** Keys of the tokens that other servers verify. */
const PURPOSES = new Set(['access', 'device_token']);

/** What clients and other servers read about this issuer. */
@Injectable()
export class WellKnownService {
  constructor(
    private readonly config: GatewayConfig,
    private readonly keys: KeyCache,
    private readonly grants: OAuthGrants,
  ) {}

  /** RFC 7517: keys of access and device tokens, the next one included, so that a rotation surprises nobody. */
  async jwks(): Promise<object> {
    const keys = (await this.keys.all()).filter((k) => PURPOSES.has(k.purpose) && VERIFIES.has(k.state));
    return { keys: keys.map((k) => ({ ...k.jwk, kid: k.kid, alg: k.alg, use: 'sig' })) };
  }

  /** RFC 8414 and OpenID Connect Discovery 1.0, as far as there is something to discover. */
  metadata(): object {
    const issuer = this.config.publicUrl;
    return {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      token_endpoint: `${issuer}/oauth/token`,
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      revocation_endpoint: `${issuer}/oauth/revoke`,
      revocation_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
      userinfo_endpoint: `${issuer}/v1/auth/me`,
      device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
      introspection_endpoint: `${issuer}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: [...this.grants.byType.keys()],
      response_types_supported: [],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      service_documentation: `${issuer}/docs`,
    };
  }
}
