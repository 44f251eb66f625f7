import { Controller, Get } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { ListOnline, type Empty, type OnlineUsers } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

@Controller('v1/auth')
export class PresenceController {
  constructor(private readonly bus: Bus) {}

  @Get('users/online')
  @Serves(ListOnline, { docs: { tag: 'Presence' } })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<OnlineUsers> {
    return this.bus.send(ListOnline, input, ask);
  }
}
