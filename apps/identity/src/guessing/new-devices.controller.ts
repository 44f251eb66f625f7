import { Controller } from '@nestjs/common';
import { Listens } from '#bus';
import { NewDeviceSeen, type NewDeviceSeenData } from '#contracts';
import { NewDevices } from './new-devices.service.js';

@Controller()
export class NewDevicesController {
  constructor(private readonly devices: NewDevices) {}

  @Listens(NewDeviceSeen)
  seen(data: NewDeviceSeenData): Promise<void> {
    return this.devices.tell(data);
  }
}
