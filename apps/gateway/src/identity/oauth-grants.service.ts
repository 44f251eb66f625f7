import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  ClientAuthenticationFailed,
  ExchangeCode,
  GrantNotAllowed,
  IssueServiceToken,
  Login,
  PollDevice,
} from '#contracts';
import { askOf } from '../edge/ask.js';
import { loginOf } from './credentials.rules.js';
import { clientOf, grantedScopes, oauthTokensOf, required, type OAuthTokens, type TokenForm } from './oauth.rules.js';
import { OAuthParties } from './oauth-parties.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';

/** A request to the token endpoint, and its answer while it is made. */
export interface TokenRequest {
  form: TokenForm;
  request: FastifyRequest;
  reply: FastifyReply;
}

/** RFC 8628 §3.4. */
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

type Grant = (asked: TokenRequest) => Promise<OAuthTokens>;

/** What the token endpoint does for each `grant_type`. */
@Injectable()
export class OAuthGrants {
  /** Everything that the token endpoint takes; the metadata list the same. */
  readonly byType: ReadonlyMap<string, Grant> = new Map<string, Grant>([
    ['authorization_code', (asked) => this.code(asked)],
    [DEVICE_CODE, (asked) => this.device(asked)],
    ['refresh_token', (asked) => this.refresh(asked)],
    ['password', (asked) => this.password(asked)],
    ['client_credentials', (asked) => this.clientCredentials(asked)],
  ]);

  constructor(
    private readonly bus: Bus,
    private readonly signIn: SignInService,
    private readonly sessions: SessionsService,
    private readonly parties: OAuthParties,
  ) {}

  /** RFC 6749 §4.1.3. */
  private async code({ form, request, reply }: TokenRequest): Promise<OAuthTokens> {
    const { client_id = '', client_secret } = clientOf(request.headers.authorization, form);
    await this.parties.applications.known(client_id);
    const asked = { code: required(form, 'code'), redirect_uri: required(form, 'redirect_uri'), client_id };
    const { code_verifier } = form;
    const { issued, id_token, scope } = await this.bus.send(
      ExchangeCode,
      { ...asked, ...(client_secret ? { client_secret } : {}), ...(code_verifier ? { code_verifier } : {}) },
      askOf(request),
    );
    const tokens = oauthTokensOf(await this.sessions.deliver(issued, reply));
    return { ...tokens, ...(id_token ? { id_token } : {}), scope };
  }

  /** RFC 8628 §3.4: the client that began, which says who it is. */
  private async device({ form, request, reply }: TokenRequest): Promise<OAuthTokens> {
    const device_code = required(form, 'device_code');
    const client_id = await this.parties.applications.required(request, form);
    return oauthTokensOf(await this.signIn.signIn(PollDevice, { device_code, client_id }, request, reply));
  }

  /** RFC 6749 §6. */
  private async refresh({ form, request, reply }: TokenRequest): Promise<OAuthTokens> {
    const refresh_token = required(form, 'refresh_token');
    const { client_id, client_secret } = clientOf(request.headers.authorization, form);
    if (client_id !== undefined) await this.parties.applications.known(client_id);
    const asked = {
      refresh_token,
      client_id,
      client_secret: client_secret || undefined,
      scope: form.scope || undefined,
    };
    const tokens = oauthTokensOf(await this.sessions.refreshWith(asked, request, reply));
    return form.scope ? { ...tokens, scope: form.scope } : tokens;
  }

  /** RFC 6749 §4.3, for the studio's own clients whose policy lists it (R-AS4). */
  private async password({ form, request, reply }: TokenRequest): Promise<OAuthTokens> {
    const shown = clientOf(request.headers.authorization, form);
    const { client_id = this.parties.defaultClientId, client_secret } = shown;
    const policy = await this.parties.applications.prove(request, client_id, client_secret);
    if (!policy.grants.includes('password')) throw GrantNotAllowed.with();
    const body = { username: required(form, 'username'), password: required(form, 'password'), client_id };
    return oauthTokensOf(await this.signIn.signIn(Login, loginOf(body, 'any'), request, reply));
  }

  /** RFC 6749 §4.4, for internal callers. */
  private async clientCredentials({ form, request }: TokenRequest): Promise<OAuthTokens> {
    const { client_id = '', client_secret = '' } = clientOf(request.headers.authorization, form);
    const { callers } = this.parties;
    if (!callers.isSecretOf(client_id, client_secret)) throw ClientAuthenticationFailed.with();
    const scopes = grantedScopes(form.scope, callers.scopesOf(client_id));
    return this.bus.send(IssueServiceToken, { caller: client_id, scopes }, askOf(request));
  }
}
