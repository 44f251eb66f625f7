import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientPolicyCache } from '#access-tokens';
import { Bus } from '#bus';
import {
  RegisterUser,
  type Command,
  type MfaChallenge,
  type RegisterUserRequest,
  type SignedIn,
  type TokenSet,
  type VerificationRequired,
} from '#contracts';
import { askOf } from '../edge/ask.js';
import { mayActWithCookies } from '../edge/cross-site.rules.js';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { OriginsService } from '../edge/origins.service.js';
import { DeliveryService } from './delivery.service.js';

/** Signs people in, whatever the way in, and hands them their tokens. */
@Injectable()
export class SignInService {
  constructor(
    private readonly bus: Bus,
    private readonly clients: ClientPolicyCache,
    private readonly origins: OriginsService,
    private readonly delivery: DeliveryService,
  ) {}

  async signIn<Req extends { client_id?: string }>(
    command: Command<Req, SignedIn>,
    input: Req,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    this.refuseCrossSite(request, input.client_id ?? this.clients.defaultClientId);
    return this.delivery.deliverSignIn(await this.bus.send(command, input, askOf(request)), reply);
  }

  /** The same for a registration, which may have to wait for the proof of the address: 202 then, for everybody. */
  async register(
    input: RegisterUserRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge | VerificationRequired> {
    this.refuseCrossSite(request, input.client_id ?? this.clients.defaultClientId);
    const registered = await this.bus.send(RegisterUser, input, askOf(request));
    if (!registered.verification_required) return this.delivery.deliverSignIn(registered, reply);
    reply.status(202);
    return { verification_required: true };
  }

  /**
   * A foreign page may not sign somebody in here: not by a form, which needs nobody's leave, and not into a cookie
   * (R-SE9). JSON from anywhere else has either been allowed by a preflight or is no browser's.
   */
  private refuseCrossSite(request: FastifyRequest, clientId: string): void {
    const { origin, 'sec-fetch-site': fetchSite, 'content-type': type } = request.headers;
    const from = { origin, fetchSite: fetchSite as string | undefined };
    if (mayActWithCookies(from, (o) => this.origins.allowsFor(o, clientId))) return;
    const isForm = !/^application\/json\b/i.test(type ?? '');
    if (isForm || this.clients.find(clientId)?.delivery === 'cookie') throw CrossSiteRefused.with();
  }
}
