import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import {
  ConnectorNotConfigured,
  Refusal,
  type Call,
  type ConnectorError,
  type ConnectorStart,
  type FinishConnectorRequest,
  type FinishedConnector,
  type StartConnectorRequest,
} from '#contracts';
import { callerOf } from '../audit/caller-of.js';
import { personOf } from '../vault/person-of.js';
import { ConnectedSources } from './connected-sources.service.js';
import { ConnectorAttempts, type Arrival } from './connector-attempts.service.js';
import { OutboundProblem } from './outbound.js';
import { Youtube } from './youtube.js';

/** Connects a person's channel: to the platform and back, with a chat source in the end. */
@Injectable()
export class Connectors {
  constructor(
    private readonly youtube: Youtube,
    private readonly attempts: ConnectorAttempts,
    private readonly connected: ConnectedSources,
    private readonly log: Log,
  ) {}

  /** @throws Refusal `connector_not_configured`, `gone`, `sealed`, `unavailable` */
  async start(request: StartConnectorRequest, call: Call): Promise<ConnectorStart> {
    const { user_id } = personOf(call);
    if (!this.youtube.configured) throw ConnectorNotConfigured.with();
    const { state, verifier } = await this.attempts.begin(user_id, request, callerOf(call));
    return { authorize_url: this.youtube.authorizeUrl(state, verifier) };
  }

  /** Never throws for what may go wrong on the way: the person's browser has to go somewhere. */
  async finish(request: FinishConnectorRequest, call: Call): Promise<FinishedConnector> {
    const arrival = await this.arrive(request, call);
    if (typeof arrival === 'string') return { error: arrival };
    const { return_to } = arrival;
    if (request.code === undefined) return { return_to, error: refusedWith(request.error) };
    try {
      return { return_to, ...(await this.connect(request.code, arrival, call)) };
    } catch (error) {
      return { return_to, error: this.problem(error) };
    }
  }

  private async arrive({ state, browser }: FinishConnectorRequest, call: Call): Promise<Arrival | ConnectorError> {
    try {
      const arrival = state === undefined ? undefined : await this.attempts.end(state, browser, callerOf(call));
      return arrival ?? 'state_invalid';
    } catch (error) {
      return this.problem(error);
    }
  }

  private async connect(
    code: string,
    { user_id, verifier }: Arrival,
    call: Call,
  ): Promise<Omit<FinishedConnector, 'return_to'>> {
    const tokens = await this.youtube.exchange(code, verifier);
    const channel = await this.youtube.channelOf(tokens.access_token);
    if (!channel) return { error: 'no_channel' };
    const id = await this.connected.keep(user_id, channel, tokens, callerOf(call));
    return id === undefined ? { error: 'too_many_chat_sources' } : { chat_source_id: id };
  }

  private problem(error: unknown): ConnectorError {
    if (error instanceof OutboundProblem) {
      this.log.warn('a channel could not be connected', { reason: error.message });
      return 'provider_failed';
    }
    if (error instanceof Refusal && error.kind === 'gone') return 'state_invalid';
    this.log.error('a channel could not be connected', { error });
    return 'temporarily_unavailable';
  }
}

const refusedWith = (error: string | undefined): ConnectorError =>
  error === 'access_denied' ? 'access_denied' : 'provider_failed';
