import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '#contracts';
import { newId } from '#persistence';
import { MacKeys } from '../keys/mac-keys.service.js';
import { readDeviceToken, writeDeviceToken, type DeviceClaim } from './device-token.rules.js';

/** Devices that people have signed in on before, known by a signed token that they keep (R-BF3). */
@Injectable()
export class KnownDevices {
  constructor(private readonly keys: MacKeys) {}

  /** What the device of a request says about itself. */
  claimOf({ device }: RequestOrigin): DeviceClaim | undefined {
    return readDeviceToken(this.keys.names, device);
  }

  /** The token by which the device of a sign-in is known from now on. The device keeps its id. */
  tokenFor(userId: string, origin: RequestOrigin): string {
    const known = this.claimOf(origin);
    const device_id = known?.user_id === userId ? known.device_id : newId();
    return writeDeviceToken(this.keys.names, { user_id: userId, device_id, issued_at: new Date() });
  }
}
