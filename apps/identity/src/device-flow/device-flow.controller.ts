import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  DecideDevice,
  PollDevice,
  ReadDevice,
  StartDevice,
  type Call,
  type DecideDeviceRequest,
  type DeviceAuthorization,
  type Empty,
  type PendingDevice,
  type PollDeviceRequest,
  type ReadDeviceRequest,
  type SignedIn,
  type StartDeviceRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { DeviceApproval } from './device-approval.service.js';
import { DevicePolling } from './device-polling.service.js';
import { DeviceStarting } from './device-starting.service.js';

/** Polls and wrong codes stay counted when they are refused, so each opens its transactions itself. */
@Controller()
export class DeviceFlowController {
  constructor(
    private readonly starting: DeviceStarting,
    private readonly polling: DevicePolling,
    private readonly approval: DeviceApproval,
  ) {}

  @Handles(StartDevice, { transaction: false })
  start(input: StartDeviceRequest, call: Call): Promise<DeviceAuthorization> {
    return this.starting.start(input, call.origin);
  }

  @Handles(PollDevice, { transaction: false })
  poll(input: PollDeviceRequest, call: Call): Promise<SignedIn> {
    return this.polling.poll(input, call.origin);
  }

  @Handles(ReadDevice, { transaction: false })
  async read(input: ReadDeviceRequest, { actor, origin }: Call): Promise<PendingDevice> {
    return this.approval.read(input.user_code, { actor: personOf(actor), origin });
  }

  @Handles(DecideDevice, { transaction: false })
  async decide(input: DecideDeviceRequest, { actor, origin }: Call): Promise<Empty> {
    await this.approval.decide(input, { actor: personOf(actor), origin });
    return {};
  }
}
