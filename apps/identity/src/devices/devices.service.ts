import { Injectable } from '@nestjs/common';
import { DeviceRevoked, NotFound, type DeviceList, type EndedSessions, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { Revocations } from '../revocations/revocations.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { DevicesRepository } from './devices.repository.js';

/** A device counts as seen now when it was within this time. */
const STALE_AFTER_SECONDS = 30;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A person's paired devices after they were paired. A device outlives the sessions of its person and a change of the
 * password from within one; it ends with everything that ends all sessions: sign-out everywhere, a password reset,
 * suspension, deletion (R-DP4).
 */
@Injectable()
export class DevicesService {
  constructor(
    private readonly sessions: SessionsService,
    private readonly devices: DevicesRepository,
    private readonly revocations: Revocations,
    private readonly outbox: Outbox,
  ) {}

  /** @throws Refusal `invalid_token` when the caller's session has ended */
  async list(actor: UserActor): Promise<DeviceList> {
    await this.sessions.assertLive(actor);
    const live = await this.devices.live(actor.user_id);
    return {
      devices: live.map(({ created_at, last_seen_at, ...device }) => ({
        ...device,
        created_at: created_at.toISOString(),
        last_seen_at: last_seen_at?.toISOString() ?? null,
      })),
    };
  }

  /** @throws Refusal `not_found`, also for a device of somebody else */
  async revoke(actor: UserActor, deviceId: string): Promise<EndedSessions> {
    await this.sessions.assertLive(actor);
    const { user_id } = actor;
    const tokenId = await this.devices.revoke(deviceId, user_id, 'user_revoked');
    if (!tokenId) throw NotFound.with();
    await this.revocations.announce(user_id, [tokenId], 'device_revoked');
    await this.outbox.append(DeviceRevoked, { user_id, device_id: deviceId }, { key: user_id });
    return { session_ids: [tokenId] };
  }

  async noteSeen(deviceIds: string[]): Promise<void> {
    await this.devices.touch(
      deviceIds.filter((id) => UUID.test(id)),
      STALE_AFTER_SECONDS,
    );
  }
}
