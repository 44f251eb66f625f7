import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Overloaded, type DeviceAuthorization, type RequestOrigin, type StartDeviceRequest } from '#contracts';
import { assertGrant, Clients } from '../clients/clients.service.js';
import { IdentityConfig } from '../identity.config.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { hashToken } from '../sessions/refresh-token.rules.js';
import { DeviceRequestsRepository } from './device-requests.repository.js';
import { hashShortCode, newShortCode, showShortCode, USER_CODE } from './short-code.rules.js';

const LIFETIME_SECONDS = 900;
const INTERVAL_SECONDS = 5;
const DEVICE_CODE_BYTES = 32;
/** Codes that are still in the table are not given out again; with 20⁸ of them the first is free but for a miracle. */
const TRIES = 5;

/** Begins a sign-in on a device that has no browser (RFC 8628 §3.1, §3.2). */
@Injectable()
export class DeviceStarting {
  constructor(
    private readonly config: IdentityConfig,
    private readonly clients: Clients,
    private readonly requests: DeviceRequestsRepository,
    private readonly keys: MacKeys,
  ) {}

  /** @throws Refusal `unknown_client`, `grant_not_allowed` */
  async start(request: StartDeviceRequest, { ip, user_agent }: RequestOrigin): Promise<DeviceAuthorization> {
    const policy = this.clients.policyOf(request.client_id);
    assertGrant(policy, 'device');
    const { installation, lifetime = LIFETIME_SECONDS } = request;
    const device_code = randomBytes(DEVICE_CODE_BYTES).toString('base64url');
    const userCode = await this.keep((user_code_hash) => ({
      ...{ device_code_hash: hashToken(device_code), user_code_hash, client_id: policy.client_id, installation },
      ...{ ip: ip?.slice(0, 64) ?? null, user_agent: user_agent?.slice(0, 512) ?? null },
      ...{ interval: INTERVAL_SECONDS, lifetime },
    }));
    const [user_code, verification_uri] = [showShortCode(userCode), `${this.config.publicUrl}/device`];
    return {
      device_code,
      user_code,
      verification_uri,
      verification_uri_complete: `${verification_uri}?user_code=${user_code}`,
      expires_in: lifetime,
      interval: INTERVAL_SECONDS,
    };
  }

  private async keep(
    requestOf: (userCodeHash: Buffer) => Parameters<DeviceRequestsRepository['insert']>[0],
  ): Promise<string> {
    for (let i = 0; i < TRIES; i++) {
      const code = newShortCode(USER_CODE);
      if (await this.requests.insert(requestOf(hashShortCode(this.keys.names, USER_CODE, code)))) return code;
    }
    throw Overloaded.with({ retry_after: 1 });
  }
}
