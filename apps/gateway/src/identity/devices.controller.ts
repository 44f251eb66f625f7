import { Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { Bus, type SendAs } from '#bus';
import {
  ClaimPairing,
  ClaimPairingRequest,
  Empty,
  ListDevices,
  RevokeDevice,
  RevokeDeviceRequest,
  StartPairing,
  type DeviceList,
  type DeviceToken,
  type PairingCode,
} from '#contracts';
import { GatewayRevocations } from '../access/gateway-revocations.js';
import { Ask } from '../edge/ask.js';
import { Input } from '../edge/input.js';
import { Serves } from '../edge/route.js';

const docs = { tag: 'Devices' };

/** Devices that are paired once and hold a token of their own. */
@Controller('v1/auth/devices')
export class DevicesController {
  constructor(
    private readonly bus: Bus,
    private readonly revocations: GatewayRevocations,
  ) {}

  @Post('pair/start')
  @HttpCode(200)
  @Serves(StartPairing, { docs })
  start(@Input() input: Empty, @Ask() ask: SendAs): Promise<PairingCode> {
    return this.bus.send(StartPairing, input, ask);
  }

  @Post('pair/claim')
  @HttpCode(200)
  @Serves(ClaimPairing, { limit: 'pairing_claim', docs })
  claim(@Input() input: ClaimPairingRequest, @Ask() ask: SendAs): Promise<DeviceToken> {
    return this.bus.send(ClaimPairing, input, ask);
  }

  @Get()
  @Serves(ListDevices, { docs })
  list(@Input() input: Empty, @Ask() ask: SendAs): Promise<DeviceList> {
    return this.bus.send(ListDevices, input, ask);
  }

  @Delete(':device_id')
  @HttpCode(204)
  @Serves(RevokeDevice, { docs: { ...docs, answer: Empty, status: 204 } })
  revoke(@Input() input: RevokeDeviceRequest, @Ask() ask: SendAs): Promise<void> {
    return this.revocations.addAll(this.bus.send(RevokeDevice, input, ask));
  }
}
