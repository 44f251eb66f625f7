import { Injectable } from '@nestjs/common';
import {
  AccessDenied,
  AuthorizationPending,
  ExpiredToken,
  pollRefusal,
  SlowDown,
  type PollDeviceRequest,
  type RequestOrigin,
  type SignedIn,
} from '#contracts';
import { hashToken } from '../sessions/refresh-token.rules.js';
import { DeviceRedemption } from './device-redemption.service.js';
import { DeviceRequestsRepository } from './device-requests.repository.js';

/** Answers a device that asks whether its person has decided (RFC 8628 §3.4, §3.5). */
@Injectable()
export class DevicePolling {
  constructor(
    private readonly requests: DeviceRequestsRepository,
    private readonly redemption: DeviceRedemption,
  ) {}

  /**
   * The first poll after the approval gets the tokens, and no other. Of two decisions that cannot change any more a
   * device is told at once; of all else only at its pace.
   * @throws Refusal `authorization_pending`, `slow_down`, `access_denied`, `expired_token`
   */
  async poll({ device_code, client_id }: PollDeviceRequest, origin: RequestOrigin): Promise<SignedIn> {
    const request = await this.requests.poll(hashToken(device_code), client_id);
    if (!request || request.expired || request.status === 'redeemed') throw pollRefusal(ExpiredToken);
    if (request.status === 'denied') throw pollRefusal(AccessDenied);
    if (request.hasty) throw pollRefusal(SlowDown, { interval: request.poll_interval });
    if (request.status === 'pending') throw pollRefusal(AuthorizationPending);
    return this.redemption.redeem(request, origin);
  }
}
