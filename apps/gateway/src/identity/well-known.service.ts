import { Injectable } from '@nestjs/common';
import { KeyCache } from '#access-tokens';
import { ACR, SIGNING_ALGS, STANDARD_SCOPES } from '#contracts';
import { GatewayConfig } from '../gateway.config.js';
import { OAuthGrants } from './oauth-grants.service.js';

const VERIFIES = new Set(['next', 'active', 'retiring']);
/** Keys of the tokens that other servers verify. */
const PURPOSES = new Set(['access', 'id_token', 'device_token']);
const AUTHENTICATION = ['none', 'client_secret_basic', 'client_secret_post'];
const CLAIMS = [
  ...['sub', 'iss', 'aud', 'exp', 'iat', 'sid', 'nonce', 'auth_time', 'acr', 'amr'],
  ...['name', 'preferred_username', 'picture', 'email', 'email_verified', 'roles'],
];

/** What clients and other servers read about this issuer. */
@Injectable()
export class WellKnownService {
  constructor(
    private readonly config: GatewayConfig,
    private readonly keys: KeyCache,
    private readonly grants: OAuthGrants,
  ) {}

  /** RFC 7517: keys of access, ID and device tokens, the next ones included, so that a rotation surprises nobody. */
  async jwks(): Promise<object> {
    const keys = (await this.keys.all()).filter((k) => PURPOSES.has(k.purpose) && VERIFIES.has(k.state));
    return { keys: keys.map((k) => ({ ...k.jwk, kid: k.kid, alg: k.alg, use: 'sig' })) };
  }

  /** RFC 8414 and OpenID Connect Discovery 1.0: nothing that is not so (R-AS8). */
  metadata(): object {
    const issuer = this.config.publicUrl;
    return {
      issuer,
      ...endpointsOf(issuer),
      token_endpoint_auth_methods_supported: AUTHENTICATION,
      revocation_endpoint_auth_methods_supported: AUTHENTICATION,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: [...this.grants.byType.keys()],
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      scopes_supported: [...STANDARD_SCOPES],
      claims_supported: CLAIMS,
      acr_values_supported: Object.values(ACR),
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...SIGNING_ALGS],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      service_documentation: `${issuer}/docs`,
    };
  }
}

const endpointsOf = (issuer: string): Record<string, string> => ({
  authorization_endpoint: `${issuer}/oauth/authorize`,
  token_endpoint: `${issuer}/oauth/token`,
  userinfo_endpoint: `${issuer}/oauth/userinfo`,
  end_session_endpoint: `${issuer}/oauth/logout`,
  device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
  revocation_endpoint: `${issuer}/oauth/revoke`,
  introspection_endpoint: `${issuer}/oauth/introspect`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
});
