import { Injectable } from '@nestjs/common';
import { SessionsRevoked, type SessionsRevokedData } from '#contracts';
import { Outbox } from '#persistence';
import { LONGEST_ACCESS_TTL } from '../clients/clients-file.rules.js';
import { RevocationsRepository } from './revocations.repository.js';

/** Two clocks of ours, and a token that was being signed when its session ended. */
const MARGIN_SECONDS = 120;
/** As many as one event carries. */
const BATCH = 10_000;

export type RevocationReason =
  | 'logout'
  | 'user_revoked'
  | 'reuse'
  | 'suspended'
  | 'password_changed'
  | 'device_revoked'
  | 'installation_removed'
  | 'admin_revoked'
  | 'roles_changed'
  | 'deleted';

/** Makes ended sessions known to every verifier of access tokens. */
@Injectable()
export class Revocations {
  constructor(
    private readonly stored: RevocationsRepository,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Remembers the sessions, and the tokens of paired devices that ended with them, and tells it, in the transaction
   * that has ended them.
   * @param sessionIds ids of sessions and of devices' tokens
   */
  async announce(userId: string, sessionIds: string[], reason: RevocationReason): Promise<void> {
    const until = revokedUntil(Date.now());
    for (let i = 0; i < sessionIds.length; i += BATCH) {
      const session_ids = sessionIds.slice(i, i + BATCH);
      const latest = await this.stored.add(session_ids, until);
      const data: SessionsRevokedData = { user_id: userId, session_ids, reason, expires_at: latest.toISOString() };
      await this.outbox.append(SessionsRevoked, data, { key: userId });
    }
  }
}

/** Until when a revocation of now has to be remembered: as long as any access token can live. */
export const revokedUntil = (now: number): Date => new Date(now + (LONGEST_ACCESS_TTL + MARGIN_SECONDS) * 1_000);
