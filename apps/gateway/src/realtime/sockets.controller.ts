import { Controller, Get, Header } from '@nestjs/common';
import { InvalidToken, Unauthenticated, UpgradeRequired } from '#contracts';
import { Route } from '../edge/route.js';

const docs = {
  tag: 'Realtime',
  summary: 'WebSocket of the caller’s events.',
  description:
    'Upgrade with `?token=`, with the subprotocols `gatehouse.v1, bearer.<token>`, or with `Authorization`. ' +
    'A bad token is refused before the upgrade. Without an upgrade the answer is 426.',
  status: 426,
  errors: [UpgradeRequired, Unauthenticated, InvalidToken],
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
