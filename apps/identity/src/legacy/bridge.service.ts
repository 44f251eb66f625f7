import { Injectable } from '@nestjs/common';
import { Unavailable, ValidationFailed, type BridgeAccountRequest, type BridgedAccount } from '#contracts';
import { newId } from '#persistence';
import { shortName, unlikelyName } from '../users/names.rules.js';
import { UsersRepository } from '../users/users.repository.js';
import { LegacyUsersRepository, type LegacyUser } from './legacy-users.repository.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Chances to find a username that is free. */
const ATTEMPTS = 5;

/**
 * Resolves an account of the old desktop system to its canonical one (A-identity.bridge): by `sub`, else by e-mail,
 * else a canonical account is made. The old system's word for the address is taken as it is, verified or not,
 * because its customers have no other tie to their account.
 */
@Injectable()
export class BridgeService {
  constructor(
    private readonly users: UsersRepository,
    private readonly legacy: LegacyUsersRepository,
  ) {}

  /** Runs in one transaction. @throws Refusal `validation_failed` for the `sub` of a deleted account */
  async bridge({ sub, email }: BridgeAccountRequest): Promise<BridgedAccount> {
    if (UUID.test(sub) && (await this.users.find(sub))) return { user_id: sub.toLowerCase(), resolved_by: 'sub' };
    const legacy = await this.legacy.lock(sub, email);
    if (legacy.website_user_id) return this.linked(legacy.website_user_id);
    const known = legacy.email === null ? null : await this.users.findByEmail(legacy.email);
    const user_id = known?.id ?? (await this.make(legacy));
    if (user_id) {
      await this.legacy.link(sub, user_id);
      return { user_id, resolved_by: known ? 'email' : 'created' };
    }
    return this.lostRace(legacy);
  }

  private async linked(userId: string): Promise<BridgedAccount> {
    if (!(await this.users.find(userId))) throw closed();
    return { user_id: userId, resolved_by: 'sub' };
  }

  /** @returns nothing when somebody else made an account with this address in the meantime */
  private async make(legacy: LegacyUser): Promise<string | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const id = newId();
      const unlikely = unlikelyName(legacy.username ?? 'member', id);
      const username = attempt === 0 && legacy.username !== null ? shortName(legacy.username) : unlikely;
      const user = { id, email: legacy.email, username, password_hash: null };
      if (await this.users.insert(user)) return id;
      if (legacy.email !== null && (await this.users.taken(legacy.email, '')).email) return undefined;
    }
    throw Unavailable.with({ retry_after: 1 });
  }

  private async lostRace(legacy: LegacyUser): Promise<BridgedAccount> {
    const winner = await this.users.findByEmail(legacy.email!);
    if (!winner) throw closed();
    await this.legacy.link(legacy.id, winner.id);
    return { user_id: winner.id, resolved_by: 'email' };
  }
}

const closed = (): Error =>
  ValidationFailed.with({ errors: [{ field: 'sub', code: 'closed', detail: 'This account is closed.' }] });
