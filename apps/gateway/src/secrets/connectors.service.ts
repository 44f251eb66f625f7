import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientPolicyCache } from '#access-tokens';
import { Bus } from '#bus';
import { FinishYoutubeConnector, StartYoutubeConnector, ValidationFailed, type ConnectorStart } from '#contracts';
import { actorBehind, askOf } from '../edge/ask.js';
import { readCookies } from '../edge/cookies.rules.js';
import { GatewayConfig } from '../gateway.config.js';
import {
  arrivalOf,
  callbackOf,
  CONNECTOR_COOKIE,
  connectorCookie,
  keepsCookies,
  returnsOf,
  type StartConnectorBody,
} from './connectors.rules.js';

const SECRET = /^[\w-]{43}$/;

/** Sends people to a platform to connect a channel, and takes them back. */
@Injectable()
export class ConnectorsService {
  constructor(
    private readonly bus: Bus,
    private readonly clients: ClientPolicyCache,
    private readonly config: GatewayConfig,
  ) {}

  /** @throws Refusal `validation_failed` when `return_to` is none of the client’s addresses */
  async start(body: StartConnectorBody, request: FastifyRequest, reply: FastifyReply): Promise<ConnectorStart> {
    const actor = actorBehind(request);
    const policy = actor?.kind === 'user' ? this.clients.find(actor.client_id) : undefined;
    const allowed = returnsOf(policy, this.config.publicUrl);
    const return_to = body.return_to === undefined ? allowed[0]! : allowed.find((each) => each === body.return_to);
    if (return_to === undefined) throw notAllowed();
    const browser = keepsCookies(request) ? randomBytes(32).toString('base64url') : undefined;
    const ask = askOf(request);
    const start = await this.bus.send(StartYoutubeConnector, { return_to, ...(browser && { browser }) }, ask);
    if (browser) reply.header('set-cookie', connectorCookie(browser));
    return start;
  }

  async finish(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const secret = readCookies(request.headers.cookie).get(CONNECTOR_COOKIE);
    const browser = secret !== undefined && SECRET.test(secret) ? { browser: secret } : {};
    const finished = await this.bus.send(
      FinishYoutubeConnector,
      { ...callbackOf(request), ...browser },
      askOf(request),
    );
    if (secret !== undefined) reply.header('set-cookie', connectorCookie('', 0));
    const [fallback] = returnsOf(undefined, this.config.publicUrl);
    void reply.code(302).header('location', arrivalOf(finished, fallback!)).send();
  }
}

function notAllowed(): Error {
  const detail = 'return_to is no address that this client application may return to.';
  return ValidationFailed.with({ detail, errors: [{ field: 'return_to', code: 'not_allowed', detail }] });
}
