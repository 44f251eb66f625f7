import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Bus, type SendAs } from '#bus';
import { DeleteAccount, DeleteAccountRequest, ExportPersonalData, parse, type PersonalDataFile } from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { askOf } from '../edge/ask.js';
import { DeliveryService } from './delivery.service.js';

/** What the gateway adds to the end of an account: its own revocation list at once, and the cookie's end. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly bus: Bus,
    private readonly delivery: DeliveryService,
    private readonly revocations: GatewayRevocations,
  ) {}

  /** The password is taken from the body only: addresses end up in logs. */
  async delete(body: Record<string, unknown>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const ask = askOf(request);
    this.revocations.add(await this.bus.send(DeleteAccount, parse(DeleteAccountRequest, body), ask));
    const policy = ask.actor?.kind === 'user' ? await this.delivery.policyOf(ask.actor.client_id) : undefined;
    reply.header('clear-site-data', '"cache", "storage"');
    if (policy?.delivery === 'cookie') this.delivery.clear(policy, reply);
  }

  /** As a file to keep; refusals stay what they are. */
  async export(ask: SendAs, reply: FastifyReply): Promise<PersonalDataFile> {
    const file = await this.bus.send(ExportPersonalData, {}, ask);
    const day = file.exported_at.slice(0, 10);
    reply.header('content-disposition', `attachment; filename="gatehouse-export-${day}.json"`);
    return file;
  }
}
