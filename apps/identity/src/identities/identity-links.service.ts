import { Injectable } from '@nestjs/common';
import {
  IdentityLinked,
  IdentityTaken,
  IdentityUnlinked,
  InvalidToken,
  LastWayIn,
  NotFound,
  SignInRefused,
  type Identity,
  type IdentityLinkedData,
  type IdentityList,
  type UserActor,
} from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { SecurityNotices } from '../email/security-notices.service.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { IdentitiesRepository } from './identities.repository.js';
import type { ProvenIdentity } from './proven-identity.js';

/** Puts identities on accounts and takes them off. */
@Injectable()
export class IdentityLinks {
  constructor(
    private readonly tx: Transactions,
    private readonly identities: IdentitiesRepository,
    private readonly sessions: SessionsRepository,
    private readonly outbox: Outbox,
    private readonly notices: SecurityNotices,
  ) {}

  async list(actor: UserActor): Promise<IdentityList> {
    await this.assertLive(actor);
    return { identities: await this.identities.of(actor.user_id) };
  }

  /**
   * Links an identity to the account of the one who asked for it.
   * @throws Refusal `identity_taken` when it is somebody else’s, without a word about whose (R-LK8);
   *   `invalid_token` when the session by which it was asked has ended since
   */
  async link(actor: Pick<UserActor, 'user_id' | 'session_id'>, identity: ProvenIdentity): Promise<Identity> {
    return this.tx.run(async () => {
      await this.assertLive(actor);
      const id = await this.add(actor.user_id, identity, 'person');
      return (await this.identities.of(actor.user_id)).find((known) => known.id === id)!;
    });
  }

  /** Links an identity whose verified address is the account’s own verified one. */
  async linkByAddress(userId: string, identity: ProvenIdentity): Promise<void> {
    await this.tx.run(() => this.add(userId, identity, 'same_address'));
  }

  /** @throws Refusal `not_found`, also for an identity of somebody else; `last_way_in` */
  async unlink(actor: UserActor, identityId: string): Promise<void> {
    await this.assertLive(actor);
    await this.identities.lockOwner(actor.user_id);
    const own = await this.identities.of(actor.user_id);
    if (!own.some(({ id }) => id === identityId)) throw NotFound.with();
    if (!(await this.identities.otherWaysIn(actor.user_id, identityId))) throw LastWayIn.with();
    await this.take(identityId, actor.user_id, 'person');
  }

  /** Takes off what was linked before the account’s address was proven. */
  async drop(identityId: string, userId: string): Promise<void> {
    await this.tx.run(() => this.take(identityId, userId, 'unproven'));
  }

  private async add(user_id: string, identity: ProvenIdentity, reason: IdentityLinkedData['reason']): Promise<string> {
    const { kind: provider, subject, label } = identity;
    const owner = await this.identities.lockOwner(user_id);
    if (!owner || owner.is_admins) throw SignInRefused.with();
    const known = await this.identities.find(provider, subject);
    if (known?.user.id === user_id) return known.id;
    const identity_id = await this.identities.add({ user_id, provider, subject, label, proven: owner.proven });
    if (identity_id === undefined) throw IdentityTaken.with();
    await this.outbox.append(IdentityLinked, { user_id, identity_id, provider, reason }, { key: user_id });
    await this.notices.send({ user_id, notice: 'identity_linked' });
    return identity_id;
  }

  private async take(identity_id: string, user_id: string, reason: 'person' | 'unproven'): Promise<void> {
    const provider = await this.identities.remove(identity_id, user_id);
    if (!provider) return;
    await this.outbox.append(IdentityUnlinked, { user_id, identity_id, provider, reason }, { key: user_id });
    await this.notices.send({ user_id, notice: 'identity_unlinked' });
  }

  private async assertLive({ session_id, user_id }: Pick<UserActor, 'user_id' | 'session_id'>): Promise<void> {
    if (!(await this.sessions.isLive(session_id, user_id))) throw InvalidToken.with();
  }
}
