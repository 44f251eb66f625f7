import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InternalListener, Log } from '#boot';
import type { Connection } from '../sockets/connection.js';
import { isRefusedToken, Openings, type Asked, type Opening } from '../sockets/openings.service.js';
import { bearerOf, retryAfter } from '../sockets/request.rules.js';
import { SocketsDrain } from '../sockets/sockets-drain.service.js';
import { EventStreamTransport } from './event-stream-transport.js';

export const EVENTS_PATH = '/v1/auth/events';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that gather an answer before they hand it on would make a stream of it that never arrives.
  'x-accel-buffering': 'no',
};
/** When a client that was cut off comes back. */
const RETRY = 'retry: 2000\n\n';

/** The twin of the WebSocket for clients that cannot have one: the same frames and cursors, as server-sent events. */
@Injectable()
export class EventStreams implements OnApplicationBootstrap {
  constructor(
    private readonly listener: InternalListener,
    private readonly openings: Openings,
    private readonly drain: SocketsDrain,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.listener.route('GET', EVENTS_PATH, (request, response) => this.serve(request, response));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.drain.begun || this.openings.crowded) return refuse(response, 503);
    try {
      const opening = await this.openings.prepare(askedBy(request), response);
      if (!opening) return;
      if (!response.destroyed && !this.drain.begun) return this.open(response, opening);
      this.openings.end(opening);
      refuse(response, 503);
    } catch (error) {
      if (isRefusedToken(error)) return refuse(response, 401);
      this.log.warn('a stream of events could not be opened', { error });
      refuse(response, 503);
    }
  }

  private open(response: ServerResponse, opening: Opening): void {
    response.writeHead(200, HEADERS);
    response.write(RETRY);
    const transport = new EventStreamTransport(response, opening.outbox);
    const connection: Connection = this.openings.start(opening, transport);
    response.once('close', () => this.openings.end(opening, connection, transport.closedWith));
    response.on('error', () => response.destroy());
  }
}

function askedBy(request: IncomingMessage): Asked {
  const { searchParams } = new URL(request.url ?? '/', 'http://realtime');
  const had = request.headers['last-event-id'];
  return {
    bearer: bearerOf(request),
    query: searchParams,
    // An `EventSource` that comes back has the address that it began with, and in the header what it had since.
    since: (typeof had === 'string' && had) || (searchParams.get('since') ?? undefined),
    wire: 'sse',
    told: true,
  };
}

function refuse(response: ServerResponse, status: 401 | 503): void {
  if (status === 503) response.setHeader('retry-after', retryAfter());
  response.writeHead(status, { 'content-length': 0, connection: 'close' });
  response.end();
}
