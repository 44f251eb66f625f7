import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '#contracts';
import { MacKeys } from '../keys/mac-keys.service.js';
import { guardKey } from '../sessions/login-guard.rules.js';
import type { DeviceClaim } from './device-token.rules.js';
import { KnownDevices } from './known-devices.service.js';

/** Under what failures are counted: for everybody who types a name, and for one device that knows it. */
export interface Lanes {
  name: Buffer;
  /** The same as `name` when the request comes from no known device. */
  device: Buffer;
  claim?: DeviceClaim;
}

/** An account as far as its known devices go. */
interface Owner {
  id: string;
  devices_known_from: Date | null;
}

/**
 * Failures are counted in lanes. Everybody shares the lane of a name; a device that signed in before has its own, so
 * that an attacker who fails on purpose keeps nobody out of the own account (R-BF3). The device's own failures block
 * its lane like any other.
 */
@Injectable()
export class LoginLanes {
  constructor(
    private readonly keys: MacKeys,
    private readonly devices: KnownDevices,
  ) {}

  of(name: string, origin: RequestOrigin): Lanes {
    const shared = guardKey(this.keys.names, name);
    const claim = this.devices.claimOf(origin);
    if (!claim) return { name: shared, device: shared };
    return { name: shared, device: guardKey(this.keys.names, `device\0${claim.user_id}\0${claim.device_id}`), claim };
  }

  /** Whether the lane of the device counts: only for the account that it has signed in to. */
  isKnown({ claim }: Lanes, owner: Owner | undefined): boolean {
    // Without a time from which they count, all do: `-infinity` is no date.
    return claim !== undefined && claim.user_id === owner?.id && !(claim.issued_at < (owner.devices_known_from ?? 0));
  }
}
