import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { PassThrough } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Shutdown } from '#boot';
import { away, endWhenSilent, RealtimeUpstream, refusalOf } from './realtime-upstream.js';
import { withoutToken } from './upgrade.rules.js';

const EVENTS_PATH = '/v1/auth/events';
const CONTENT_TYPE = 'text/event-stream; charset=utf-8';

/** What the realtime app answers. */
export interface EventStream {
  headers: IncomingHttpHeaders;
  body: PassThrough;
}

/** Opens streams of server-sent events at the realtime app for clients whose token is good. */
@Injectable()
export class EventsService {
  private readonly streams = new Set<IncomingMessage>();

  constructor(
    private readonly upstream: RealtimeUpstream,
    shutdown: Shutdown,
  ) {
    shutdown.register('http', 'event streams', () => this.endAll());
  }

  /** @throws Refusal of the token; `unavailable` when the realtime app does not take it */
  async open(request: IncomingMessage, from: { address: string; requestId: string }): Promise<EventStream> {
    this.upstream.assertOpen();
    const query = new URLSearchParams((request.url ?? '').split('?', 2)[1] ?? '');
    const token = await this.upstream.authenticate(request.headers, query);
    if (request.method === 'HEAD') return headOnly();
    const lastEventId = request.headers['last-event-id'];
    const stream = await this.ask(withoutToken(EVENTS_PATH, query), {
      authorization: `Bearer ${token}`,
      'x-request-id': from.requestId,
      'x-forwarded-for': from.address,
      ...(typeof lastEventId === 'string' ? { 'last-event-id': lastEventId } : {}),
    });
    if (this.upstream.isStopping) {
      stream.destroy();
      throw away();
    }
    this.streams.add(stream);
    stream.once('close', () => this.streams.delete(stream));
    endWhenSilent(request.socket);
    return { headers: stream.headers, body: ending(stream) };
  }

  private ask(path: string, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
    const asking = this.upstream.request(path, headers);
    return new Promise((resolve, reject) => {
      asking.on('error', () => reject(away()));
      asking.once('response', (answer) => {
        asking.setTimeout(0);
        if (answer.statusCode === 200) return resolve(answer);
        answer.destroy();
        reject(refusalOf(answer));
      });
      asking.end();
    });
  }

  /** Ends the streams; their clients come back by themselves and say where they were. */
  private endAll(): void {
    for (const stream of this.streams) stream.destroy();
  }
}

/** Of a stream that nobody listens to nothing would ever be taken, and it would count as its person being there. */
const headOnly = (): EventStream => ({ headers: { 'content-type': CONTENT_TYPE }, body: new PassThrough().end() });

/** What comes of a stream; however that ends, this one ends in order, and with it the other. */
function ending(stream: IncomingMessage): PassThrough {
  const body = new PassThrough();
  stream.on('error', () => undefined).once('close', () => body.end());
  body.once('close', () => stream.destroy());
  return stream.pipe(body);
}
