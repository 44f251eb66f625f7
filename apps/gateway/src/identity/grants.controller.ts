import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import { Empty, ListGrants, RevokeGrant, RevokeGrantRequest, type AuthorizationGrants } from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const tag = 'Account';

/** The applications that a person has allowed something. */
@Controller('v1/auth/grants')
export class GrantsController {
  constructor(
    private readonly bus: Bus,
    private readonly revocations: GatewayRevocations,
  ) {}

  @Get()
  @Serves(ListGrants, { docs: { tag } })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<AuthorizationGrants> {
    return this.bus.send(ListGrants, input, ask);
  }

  @Delete(':client_id')
  @HttpCode(204)
  @Serves(RevokeGrant, { docs: { tag, answer: Empty, status: 204 } })
  revoke(@Input() input: RevokeGrantRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(RevokeGrant, input, ask));
  }
}
