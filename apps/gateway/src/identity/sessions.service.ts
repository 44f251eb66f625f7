import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import {
  Logout,
  Refusal,
  RefreshSession,
  RefreshTokenInvalid,
  type IssuedTokens,
  type RefreshSessionRequest,
  type TokenSet,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { TokenReader } from '../access/token-reader.js';
import { askOf } from '../edge/ask.js';
import type { LogoutBody, RefreshBody } from './credentials.rules.js';
import { DeliveryService } from './delivery.service.js';
import { HeldTokenService, type HeldToken } from './held-token.service.js';

/** Who refreshes, and for what; everything is optional. */
type RefreshedBy = Pick<RefreshSessionRequest, 'client_id' | 'client_secret' | 'scope'>;

/** What the gateway adds to refreshing and ending sessions: cookies, and its own revocation list at once. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly bus: Bus,
    private readonly held: HeldTokenService,
    private readonly delivery: DeliveryService,
    private readonly tokens: TokenReader,
    private readonly revocations: GatewayRevocations,
  ) {}

  /** Refreshes with the cookie, else with the body's token. */
  async refresh(body: RefreshBody, request: FastifyRequest, reply: FastifyReply): Promise<TokenSet> {
    const held = this.held.find(request, body);
    if (!held) throw RefreshTokenInvalid.with('No refresh token came with the request.');
    try {
      return await this.delivery.deliver(await this.rotate(held, { client_id: body.client_id }, request), reply);
    } catch (error) {
      const dead = error instanceof Refusal && error.kind === 'unauthenticated';
      if (dead && held.cookieOf) this.delivery.clear(held.cookieOf, reply);
      throw error;
    }
  }

  /** Refreshes with this token and no other, whatever cookies are there. */
  async refreshWith(
    { refresh_token, ...by }: { refresh_token: string } & RefreshedBy,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<TokenSet> {
    if (!this.held.mayUseBody(by.client_id)) throw RefreshTokenInvalid.with();
    const issued = await this.rotate({ token: refresh_token }, by, request);
    return this.deliver(issued, reply);
  }

  /** Hands tokens out as their client's policy says. */
  deliver(issued: IssuedTokens, reply: FastifyReply): Promise<TokenSet> {
    return this.delivery.deliver(issued, reply);
  }

  /** Ends what the bearer token, the cookie or the body names; nothing to end is no failure. */
  async logout(body: LogoutBody, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const held = this.held.find(request, body);
    const actor = await this.tokens.holderBehind(request);
    const all = (request.query as { all?: string }).all === 'true';
    const ended = await this.bus.send(
      Logout,
      { ...(held ? { refresh_token: held.token } : {}), ...(all ? { all } : {}) },
      { ...askOf(request), actor },
    );
    this.revocations.add(ended);
    if (held?.cookieOf) this.delivery.clear(held.cookieOf, reply);
  }

  private async rotate(held: HeldToken, by: RefreshedBy, request: FastifyRequest): Promise<IssuedTokens> {
    const given = Object.fromEntries(Object.entries(by).filter(([, value]) => value !== undefined)) as RefreshedBy;
    const input = { refresh_token: held.token, ...given };
    const issued = await this.bus.send(RefreshSession, input, askOf(request));
    // Only now is it known whose token came in the body; where the fallback is off it was never to come this way.
    if (!held.cookieOf && !this.held.mayUseBody(issued.client_id)) throw RefreshTokenInvalid.with();
    return issued;
  }
}
