import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { ClaimRenpy, ClaimRenpyRequest, Empty, ReadEntitlement, type Entitlement } from '#contracts';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Licensing' };

@Controller('v1')
export class EntitlementsController {
  constructor(private readonly bus: Bus) {}

  @Get(['license/me', 'license/entitlements'])
  @Serves(ReadEntitlement, { docs })
  read(@Input() input: Empty, @Ask() ask: SendAs): Promise<Entitlement> {
    return this.bus.send(ReadEntitlement, input, ask);
  }

  @Post('claim/renpy')
  @HttpCode(200)
  @Serves(ClaimRenpy, { docs })
  claimRenpy(@Input() input: ClaimRenpyRequest, @Ask() ask: SendAs): Promise<Entitlement> {
    return this.bus.send(ClaimRenpy, input, ask);
  }
}
