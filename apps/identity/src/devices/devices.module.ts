import type { Feature } from '../feature.js';
import { DevicesController } from './devices.controller.js';
import { DevicesRepository } from './devices.repository.js';
import { DevicesService } from './devices.service.js';

export const devices: Feature = {
  controllers: [DevicesController],
  providers: [DevicesRepository, DevicesService],
};
