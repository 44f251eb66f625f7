import { Controller, Get, Header } from '@nestjs/common';
import { InvalidToken, Unauthenticated, Unavailable, UpgradeRequired } from '#contracts';
import { CrossSiteRefused } from '../edge/edge.errors.js';
import { Route } from '../edge/route.js';
import { EventsQuery } from './events-query.js';

const docs = {
  tag: 'Realtime',
  summary: 'WebSocket of the caller’s events.',
  description:
    'Upgrade with `?token=`, with the subprotocols `gatehouse.v1, bearer.<token>`, or with `Authorization`. ' +
    'A good one is answered with 101; a bad token is refused before the upgrade. Without an upgrade the answer is 426.\n\n' +
    'Frames are JSON text `{ id, type, at, data }`: `notification`, `presence_changed`, `plan_changed`, `chat_message`, ' +
    '`chat_feed` and what else is broadcast. With the subprotocol `gatehouse.v1` there are also `hello` (`cursor`, ' +
    '`resumed`, `heartbeat_seconds`, `expires_at`), `gap` (events are missing that cannot be sent again: `reason`), ' +
    '`reconnect` (open another connection, then close this one), `token_expiring`, `refreshed` and `refresh_failed`.\n\n' +
    'A client says one thing only, and only with that subprotocol: `{"type":"refresh","data":{"token":"…"}}`, its next ' +
    'access token, which is answered with `refreshed` (`expires_at`) or `refresh_failed` (`code`). Everything else is ' +
    'ignored, and more than 50 frames a second end the connection.\n\n' +
    'Closed with 4401: the token has expired; 4403: the session was revoked, sign in again; 1012: the server restarts, ' +
    'come back with jitter and `since`; 1013: too slow, the same; 1008: too much was sent; 1011: no answer to a ping.',
  input: EventsQuery,
  status: 426,
  errors: [UpgradeRequired, Unauthenticated, InvalidToken, CrossSiteRefused, Unavailable],
};

/** What a request gets that does not ask for an upgrade; {@link SocketsService} takes those that do. */
@Controller('v1/auth/ws')
export class SocketsController {
  @Get()
  @Header('upgrade', 'websocket')
  @Header('connection', 'Upgrade')
  @Header('sec-websocket-version', '13')
  @Route({ permission: 'anyone', docs })
  open(): never {
    throw UpgradeRequired.with();
  }
}
