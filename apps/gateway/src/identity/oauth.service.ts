import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ANY_SCOPE } from '#access-tokens';
import { Bus } from '#bus';
import { RevokeToken } from '#contracts';
import { askOf } from '../edge/ask.js';
import { UnsupportedGrantType } from '../edge/edge.errors.js';
import { OAuthGrants } from './oauth-grants.service.js';
import { OAuthParties } from './oauth-parties.js';
import type { OAuthTokens, RevokeForm, TokenForm } from './oauth.rules.js';

/** The token and revocation endpoints in OAuth's own shapes, over the same commands as everything else. */
@Injectable()
export class OAuthService {
  constructor(
    private readonly bus: Bus,
    private readonly grants: OAuthGrants,
    private readonly parties: OAuthParties,
  ) {}

  async token(form: TokenForm, request: FastifyRequest, reply: FastifyReply): Promise<OAuthTokens> {
    const grant = this.grants.byType.get(form.grant_type);
    if (!grant) throw UnsupportedGrantType.with(`Grant types are ${[...this.grants.byType.keys()].join(', ')}.`);
    return grant({ form, request, reply });
  }

  /**
   * Ends the session of a token, for its own client only; a token that is unknown or dead needs no ending (RFC 7009
   * §2.2, R-AS6).
   */
  async revoke(form: RevokeForm, request: FastifyRequest): Promise<void> {
    const client = await this.parties.applications.authenticate(request, form);
    const person = await this.parties.tokens.personIn(form.token, ANY_SCOPE);
    if (!person && form.token.length > 1024) return;
    const of = client ? { client_id: client.client_id } : {};
    const what = person ? { session_id: person.session_id } : { refresh_token: form.token };
    await this.parties.revocations.addAll(this.bus.send(RevokeToken, { ...what, ...of }, askOf(request)));
  }
}
