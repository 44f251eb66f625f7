import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import {
  Impersonate,
  type ChangedUser,
  type Command,
  type EndedSessions,
  type ImpersonateRequest,
  type ManagedUser,
  type MfaChallenge,
  type TokenSet,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { askOf } from '../edge/ask.js';

/** What the gateway adds to commands of staff: what ended with them is refused here before the answer goes out. */
@Injectable()
export class AdminService {
  constructor(
    private readonly bus: Bus,
    private readonly revocations: GatewayRevocations,
  ) {}

  /** @returns the account as it is now */
  async change<Req extends object>(command: Command<Req, ChangedUser>, input: Req, ask: SendAs): Promise<ManagedUser> {
    const { user, ...ended } = await this.bus.send(command, input, ask);
    this.revocations.add(ended);
    return user;
  }

  async end<Req extends object>(command: Command<Req, EndedSessions>, input: Req, ask: SendAs): Promise<void> {
    this.revocations.add(await this.bus.send(command, input, ask));
  }

  /** In the body whatever the client's policy says: a cookie would take the place of the staff's own session. */
  async impersonate(
    input: ImpersonateRequest,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<TokenSet | MfaChallenge> {
    const { issued, challenge } = await this.bus.send(Impersonate, input, askOf(request));
    reply.header('cache-control', 'no-store');
    return issued?.tokens ?? challenge!;
  }
}
