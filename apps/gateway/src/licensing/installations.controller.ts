import { Controller, Delete, Get, HttpCode } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  Empty,
  ListInstallations,
  RemoveInstallation,
  RemoveInstallationRequest,
  type InstallationList,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Licensing' };

@Controller('v1/installations')
export class InstallationsController {
  constructor(
    private readonly bus: Bus,
    private readonly revocations: GatewayRevocations,
  ) {}

  @Get()
  @Serves(ListInstallations, { docs })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<InstallationList> {
    return this.bus.send(ListInstallations, input, ask);
  }

  @Delete(':installation_id')
  @HttpCode(204)
  @Serves(RemoveInstallation, { docs: { ...docs, answer: Empty, status: 204 } })
  remove(@Input() input: RemoveInstallationRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(RemoveInstallation, input, ask));
  }
}
