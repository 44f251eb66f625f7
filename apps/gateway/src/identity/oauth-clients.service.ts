import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import { AuthenticateClient, UnknownClient, ValidationFailed, type ClientPolicy } from '#contracts';
import { askOf } from '../edge/ask.js';
import { DeliveryService } from './delivery.service.js';
import { clientOf, type ClientCredentials } from './oauth.rules.js';

/** Says which client application asks, and has a confidential one prove it (RFC 6749 §2.3). */
@Injectable()
export class OAuthClients {
  constructor(
    private readonly bus: Bus,
    private readonly delivery: DeliveryService,
  ) {}

  find(clientId: string): Promise<ClientPolicy | undefined> {
    return this.delivery.policyOf(clientId);
  }

  /** @throws Refusal `unknown_client` */
  async known(clientId: string): Promise<ClientPolicy> {
    const policy = await this.find(clientId);
    if (!policy) throw UnknownClient.with();
    return policy;
  }

  /**
   * The client that a request names and is; nothing when it names none.
   * @throws Refusal `unknown_client`, `client_authentication_failed`
   */
  async authenticate(request: FastifyRequest, form: ClientCredentials): Promise<ClientPolicy | undefined> {
    const { client_id, client_secret } = clientOf(request.headers.authorization, form);
    return client_id === undefined ? undefined : this.prove(request, client_id, client_secret);
  }

  /**
   * The id of the client that asks, which has to be named.
   * @throws Refusal `validation_failed`, `unknown_client`, `client_authentication_failed`
   */
  async required(request: FastifyRequest, form: ClientCredentials): Promise<string> {
    const policy = await this.authenticate(request, form);
    if (policy) return policy.client_id;
    const detail = 'client_id is required.';
    throw ValidationFailed.with({ detail, errors: [{ field: 'client_id', code: 'required', detail }] });
  }

  /** A public client that shows a secret is no more a public client: its secret is checked, too. */
  async prove(request: FastifyRequest, client_id: string, client_secret?: string): Promise<ClientPolicy> {
    const policy = await this.known(client_id);
    if (!policy.confidential && !client_secret) return policy;
    const shown = { client_id, ...(client_secret === undefined ? {} : { client_secret }) };
    await this.bus.send(AuthenticateClient, shown, askOf(request));
    return policy;
  }
}
