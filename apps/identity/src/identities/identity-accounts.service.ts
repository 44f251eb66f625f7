import { Injectable } from '@nestjs/common';
import { EmailVerified, IdentityLinked, UserRegistered } from '#contracts';
import { newId, Outbox } from '#persistence';
import { UsersRepository } from '../users/users.repository.js';
import { IdentitiesRepository } from './identities.repository.js';
import type { ProvenIdentity } from './proven-identity.js';
import { addressOf, usernames } from './newcomer.rules.js';

/** Somebody else was faster; a second look finds what they made. */
export class LostRace extends Error {}

/** Makes accounts for people who are known elsewhere. They have no password, and an address only if it is verified. */
@Injectable()
export class IdentityAccounts {
  constructor(
    private readonly users: UsersRepository,
    private readonly identities: IdentitiesRepository,
    private readonly outbox: Outbox,
  ) {}

  /** An account that does not exist yet. */
  blank(): { id: string; roles: string[]; entitlement_version: number } {
    return { id: newId(), roles: [], entitlement_version: 0 };
  }

  /** Within the open transaction, which is to be rolled back when it throws. @throws LostRace */
  async make(id: string, identity: ProvenIdentity, clientId: string): Promise<void> {
    const { kind: provider, subject, label } = identity;
    const email = addressOf(identity.verified_email);
    await this.insert(id, email, identity);
    const identity_id = await this.identities.add({ user_id: id, provider, subject, label, proven: true });
    if (identity_id === undefined) throw new LostRace();
    const [linked, key] = [{ user_id: id, identity_id, provider, reason: 'registration' as const }, { key: id }];
    await this.outbox.append(UserRegistered, { user_id: id, client_id: clientId }, key);
    await this.outbox.append(IdentityLinked, linked, key);
    if (email !== null && (await this.users.verifyEmail(id, email))) {
      await this.outbox.append(EmailVerified, { user_id: id }, key);
    }
  }

  /** Under the first name that is free. */
  private async insert(id: string, email: string | null, { kind, label }: ProvenIdentity): Promise<void> {
    for (const username of usernames(label, kind, id)) {
      if (await this.users.insert({ id, email, username, password_hash: null })) return;
      if (email !== null && (await this.users.taken(email, '')).email) break;
    }
    throw new LostRace();
  }
}
