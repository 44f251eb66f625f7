import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListDevices,
  NoteDevicesSeen,
  RevokeDevice,
  type Call,
  type DeviceList,
  type Empty,
  type EndedSessions,
  type NoteDevicesRequest,
  type RevokeDeviceRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { DevicesService } from './devices.service.js';

@Controller()
export class DevicesController {
  constructor(private readonly devices: DevicesService) {}

  @Handles(ListDevices, { transaction: false })
  async list(_input: Empty, call: Call): Promise<DeviceList> {
    return this.devices.list(personOf(call.actor));
  }

  @Handles(RevokeDevice)
  async revoke(input: RevokeDeviceRequest, call: Call): Promise<EndedSessions> {
    return this.devices.revoke(personOf(call.actor), input.device_id);
  }

  @Handles(NoteDevicesSeen, { transaction: false })
  async noteSeen(input: NoteDevicesRequest): Promise<Empty> {
    await this.devices.noteSeen(input.device_ids);
    return {};
  }
}
