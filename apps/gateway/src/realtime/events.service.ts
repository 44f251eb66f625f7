import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { PassThrough } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AccessTokenVerifier } from '#access-tokens';
import { Shutdown } from '#boot';
import { InvalidToken, Unauthenticated, Unavailable } from '#contracts';
import { GatewayConfig } from '../gateway.config.js';
import { tokenOf, withoutToken } from './upgrade.rules.js';

const CONNECT_TIMEOUT_MS = 5_000;
const EVENTS_PATH = '/v1/auth/events';

/** What the realtime app answers. */
export interface EventStream {
  headers: IncomingHttpHeaders;
  body: PassThrough;
}

/** Opens streams of server-sent events at the realtime app for clients whose token is good. */
@Injectable()
export class EventsService {
  private readonly streams = new Set<IncomingMessage>();
  private readonly realtime: URL;

  constructor(
    config: GatewayConfig,
    private readonly verifier: AccessTokenVerifier,
    private readonly shutdown: Shutdown,
  ) {
    this.realtime = new URL(config.realtimeUrl);
    shutdown.register('http', 'event streams', () => this.endAll());
  }

  /** @throws Refusal of the token; `unavailable` when the realtime app does not take it */
  async open(request: IncomingMessage, from: { address: string; requestId: string }): Promise<EventStream> {
    if (this.shutdown.begun) throw Unavailable.with({ retry_after: 1 + Math.random() * 4 });
    const query = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '');
    const token = tokenOf(request.headers, query);
    if (!token) throw Unauthenticated.with();
    await this.verifier.verifyBearer(token);
    const lastEventId = request.headers['last-event-id'];
    const stream = await this.ask(withoutToken(EVENTS_PATH, query), {
      authorization: `Bearer ${token}`,
      'x-request-id': from.requestId,
      'x-forwarded-for': from.address,
      ...(typeof lastEventId === 'string' ? { 'last-event-id': lastEventId } : {}),
    });
    this.streams.add(stream);
    stream.once('close', () => this.streams.delete(stream));
    return { headers: stream.headers, body: ending(stream) };
  }

  private ask(path: string, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
    const { hostname, port } = this.realtime;
    const asking = httpRequest({
      agent: false,
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port || 80,
      path,
      headers,
      timeout: CONNECT_TIMEOUT_MS,
    });
    return new Promise((resolve, reject) => {
      asking.once('timeout', () => asking.destroy());
      asking.on('error', () => reject(Unavailable.with({ retry_after: 2 })));
      asking.once('response', (answer) => {
        asking.setTimeout(0);
        if (answer.statusCode === 200) return resolve(answer);
        answer.destroy();
        reject(answer.statusCode === 401 ? InvalidToken.with() : Unavailable.with({ retry_after: 2 }));
      });
      asking.end();
    });
  }

  /** Ends the streams; their clients come back by themselves and say where they were. */
  private endAll(): void {
    for (const stream of this.streams) stream.destroy();
  }
}

/** What comes of a stream; however that ends, this one ends in order, and with it the other. */
function ending(stream: IncomingMessage): PassThrough {
  const body = new PassThrough();
  stream.on('error', () => undefined).once('close', () => body.end());
  body.once('close', () => stream.destroy());
  return stream.pipe(body);
}
