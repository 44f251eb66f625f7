import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidToken, Unauthenticated, Unavailable } from '#contracts';
import { addressOf } from '../edge/edge.service.js';
import { Route } from '../edge/route.js';
import { EventsQuery } from './events-query.js';
import { EventsService } from './events.service.js';

const docs = {
  tag: 'Realtime',
  summary: 'The caller’s events as server-sent events.',
  description:
    'The frames of the WebSocket, each as one event with its id, for clients that cannot have a socket. ' +
    '`?token=` or `Authorization`; `Last-Event-ID`, else `?since=`, replays what was missed. The last frame, `close`, has in its ' +
    '`data` the `code` and `reason` with which a socket would be closed.',
  input: EventsQuery,
  headers: ['Last-Event-ID'],
  produces: 'text/event-stream',
  errors: [Unauthenticated, InvalidToken, Unavailable],
};

const PASSED_ON = ['content-type', 'x-accel-buffering'];

/** Hands a stream of the realtime app on to the client, as long as both want. */
@Controller('v1/auth/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @Route({ permission: 'anyone', docs })
  async open(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { headers, body } = await this.events.open(request.raw, {
      address: addressOf(request),
      requestId: request.id,
    });
    for (const name of PASSED_ON) {
      const value = headers[name];
      if (value !== undefined) reply.header(name, value);
    }
    // A stream may last for hours; the connection that carried it is not kept for another request.
    reply.header('connection', 'close');
    await reply.send(body);
  }
}
