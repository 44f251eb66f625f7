import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import { GrantNotAllowed, IssueServiceToken, Login, Logout, UnknownClient } from '#contracts';
import { askOf } from '../edge/ask.js';
import { ClientAuthenticationFailed, UnsupportedGrantType } from '../edge/edge.errors.js';
import { loginOf } from './credentials.rules.js';
import { DeliveryService } from './delivery.service.js';
import {
  clientOf,
  grantedScopes,
  oauthTokensOf,
  required,
  type OAuthTokens,
  type RevokeForm,
  type TokenForm,
} from './oauth.rules.js';
import { OAuthParties } from './oauth-parties.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

export const GRANT_TYPES = ['refresh_token', 'password', 'client_credentials'] as const;

/** The token and revocation endpoints in OAuth's own shapes, over the same commands as everything else. */
@Injectable()
export class OAuthService {
  constructor(
    private readonly bus: Bus,
    private readonly signIn: SignInService,
    private readonly sessions: SessionsService,
    private readonly delivery: DeliveryService,
    private readonly parties: OAuthParties,
  ) {}

  token(form: TokenForm, request: FastifyRequest, reply: FastifyReply): Promise<OAuthTokens> {
    if (form.grant_type === 'refresh_token') return this.refresh(form, request, reply);
    if (form.grant_type === 'password') return this.password(form, request, reply);
    if (form.grant_type === 'client_credentials') return this.clientCredentials(form, request);
    throw UnsupportedGrantType.with(`Grant types are ${GRANT_TYPES.join(', ')}.`);
  }

  /** Ends the session of a token; a token that is unknown or dead needs no ending (RFC 7009 §2.2). */
  async revoke(form: RevokeForm, request: FastifyRequest): Promise<void> {
    const { client_id } = clientOf(request.headers.authorization, form);
    if (client_id !== undefined) await this.knownClient(client_id);
    const actor = await this.parties.tokens.personIn(form.token);
    if (actor && client_id !== undefined && actor.client_id !== client_id) {
      throw ClientAuthenticationFailed.with('The token was issued to another client.');
    }
    const input = actor || form.token.length > 1024 ? {} : { refresh_token: form.token };
    await this.parties.revocations.addAll(this.bus.send(Logout, input, { ...askOf(request), actor }));
  }

  private async refresh(form: TokenForm, request: FastifyRequest, reply: FastifyReply): Promise<OAuthTokens> {
    const refresh_token = required(form, 'refresh_token');
    const { client_id } = clientOf(request.headers.authorization, form);
    if (client_id !== undefined) await this.knownClient(client_id);
    return oauthTokensOf(await this.sessions.refreshWith({ refresh_token, client_id }, request, reply));
  }

  private async password(form: TokenForm, request: FastifyRequest, reply: FastifyReply): Promise<OAuthTokens> {
    const { client_id = this.parties.defaultClientId } = clientOf(request.headers.authorization, form);
    const policy = await this.knownClient(client_id);
    if (!policy.grants.includes('password')) throw GrantNotAllowed.with();
    const body = { username: required(form, 'username'), password: required(form, 'password'), client_id };
    return oauthTokensOf(await this.signIn.signIn(Login, loginOf(body, 'any'), request, reply));
  }

  private async clientCredentials(form: TokenForm, request: FastifyRequest): Promise<OAuthTokens> {
    const { client_id = '', client_secret = '' } = clientOf(request.headers.authorization, form);
    const { callers } = this.parties;
    if (!callers.isSecretOf(client_id, client_secret)) throw ClientAuthenticationFailed.with();
    const scopes = grantedScopes(form.scope, callers.scopesOf(client_id));
    return this.bus.send(IssueServiceToken, { caller: client_id, scopes }, askOf(request));
  }

  private async knownClient(clientId: string) {
    const policy = await this.delivery.policyOf(clientId);
    if (!policy) throw UnknownClient.with();
    return policy;
  }
}
