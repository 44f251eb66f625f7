import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Bus, type SendAs } from '#bus';
import { Reauthenticate, type MfaChallenge, type ReauthenticateRequest, type TokenSet } from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { DeliveryService } from './delivery.service.js';

/** Step-up: a fresh session in place of the caller's, which is refused here from the answer on. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly bus: Bus,
    private readonly revocations: GatewayRevocations,
    private readonly delivery: DeliveryService,
  ) {}

  async step(input: ReauthenticateRequest, ask: SendAs, reply: FastifyReply): Promise<TokenSet | MfaChallenge> {
    const signedIn = await this.bus.send(Reauthenticate, input, ask);
    if (signedIn.issued && ask.actor?.kind === 'user') {
      this.revocations.add({ session_ids: [ask.actor.session_id] });
    }
    return this.delivery.deliverSignIn(signedIn, reply);
  }
}
