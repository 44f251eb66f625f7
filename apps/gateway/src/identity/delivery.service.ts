import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ClientPolicyCache } from '#access-tokens';
import type { ClientPolicy, IssuedTokens, MfaChallenge, SignedIn, TokenSet } from '#contracts';
import { clearedCookie, deviceCookie, refreshCookie } from '../edge/cookies.rules.js';

/** Hands tokens out as each client application's policy says (B-cookie.login, R-SE10). */
@Injectable()
export class DeliveryService {
  constructor(private readonly clients: ClientPolicyCache) {}

  /** Tokens as {@link deliver} hands them out, or the question for the second factor. */
  async deliverSignIn({ issued, challenge }: SignedIn, reply: FastifyReply): Promise<TokenSet | MfaChallenge> {
    return issued ? this.deliver(issued, reply) : challenge!;
  }

  /** The body of the answer. A cookie client's refresh token goes into its cookie and never into the body. */
  async deliver(issued: IssuedTokens, reply: FastifyReply): Promise<TokenSet> {
    const policy = await this.policyOf(issued.client_id);
    if (policy?.delivery === 'body') {
      if (issued.device_token !== undefined) reply.header('x-device-token', issued.device_token);
      return issued.tokens;
    }
    const { refresh_token, ...rest } = issued.tokens;
    if (refresh_token !== undefined && policy?.delivery === 'cookie') {
      const seconds = (Date.parse(issued.refresh_expires_at) - Date.now()) / 1000;
      reply.header('set-cookie', refreshCookie(policy, refresh_token, seconds));
      // A browser (every current one says where its page is from) stays known when it signs out: that is what the
      // cookie is for (R-BF3). Programs with a cookie jar are spared a cookie that outlives their sign-out.
      const isBrowser = reply.request.headers['sec-fetch-site'] !== undefined;
      if (issued.device_token !== undefined && isBrowser) reply.header('set-cookie', deviceCookie(issued.device_token));
    }
    return rest;
  }

  clear(policy: ClientPolicy, reply: FastifyReply): void {
    reply.header('set-cookie', clearedCookie(policy));
  }

  /** A client's policy; read again when it is newer than what is known here. */
  async policyOf(clientId: string): Promise<ClientPolicy | undefined> {
    const known = this.clients.find(clientId);
    if (known) return known;
    await this.clients.reload();
    return this.clients.find(clientId);
  }
}
