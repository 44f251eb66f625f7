import { Injectable } from '@nestjs/common';
import {
  NotFound,
  UserClosed,
  UserRestored,
  UserSignedOut,
  UserSuspended,
  type DomainEvent,
  type EndedSessions,
  type NotedUserRequest,
  type UserActor,
  type UserManagedData,
} from '#contracts';
import { Outbox } from '#persistence';
import { AccountEndings } from '../lifecycle/account-endings.service.js';
import { AdminCircle } from '../roles/admin-circle.service.js';
import { AccountStatesRepository, type AccountState } from './account-states.repository.js';
import { AdminRefusals } from './admin-refusals.service.js';

const NOTHING: EndedSessions = { session_ids: [] };

/** What staff does to accounts. Everything happens in the command's transaction, sessions and their revocation included. */
@Injectable()
export class UserManagement {
  constructor(
    private readonly accounts: AccountStatesRepository,
    private readonly circle: AdminCircle,
    private readonly refusals: AdminRefusals,
    private readonly endings: AccountEndings,
    private readonly outbox: Outbox,
  ) {}

  /** Nobody gets in any more, and nobody learns why (R-BF5, R-SE5). @throws Refusal `not_found`, `forbidden`, `last_admin` */
  async suspend(actor: UserActor, asked: NotedUserRequest): Promise<EndedSessions> {
    const account = await this.leaving(actor, asked, 'suspend');
    if (!account.is_active) return NOTHING;
    await this.accounts.suspend(account.id);
    await this.tell(UserSuspended, asked);
    return this.endings.endEverything(account.id, 'suspended');
  }

  /** @throws Refusal `not_found`, `forbidden`, `last_admin` */
  async close(actor: UserActor, asked: NotedUserRequest): Promise<EndedSessions> {
    const account = await this.leaving(actor, asked, 'close');
    await this.accounts.close(account.id);
    await this.tell(UserClosed, asked);
    return this.endings.endEverything(account.id, 'deleted');
  }

  /** @throws Refusal `not_found`, also when the account is being erased; `forbidden` */
  async restore(actor: UserActor, asked: NotedUserRequest): Promise<void> {
    const account = await this.touched(actor, asked.user_id, 'restore');
    if (account.is_active && !account.deleted_at) return;
    if (!(await this.accounts.open(account.id))) throw NotFound.with();
    await this.tell(UserRestored, asked);
  }

  /** Sessions and devices alike. @throws Refusal `not_found`, `forbidden` */
  async signOut(actor: UserActor, asked: NotedUserRequest): Promise<EndedSessions> {
    const account = await this.touched(actor, asked.user_id, 'sign_out');
    const ended = await this.endings.endEverything(account.id, 'admin_revoked');
    await this.tell(UserSignedOut, asked);
    return ended;
  }

  /** The account if the actor may do something to it. @throws Refusal `not_found`, `forbidden` */
  async touched(actor: UserActor, userId: string, action: string): Promise<AccountState> {
    const account = await this.accounts.lock(userId);
    if (!account) throw NotFound.with();
    await this.refusals.on(userId, action, async () => this.refusals.assertCovers(actor, account.roles));
    return account;
  }

  async tell(event: DomainEvent<UserManagedData>, { user_id, reason }: NotedUserRequest): Promise<void> {
    await this.outbox.append(event, { user_id }, { key: user_id, note: reason });
  }

  private async leaving(actor: UserActor, { user_id }: NotedUserRequest, action: string): Promise<AccountState> {
    await this.circle.hold();
    const account = await this.touched(actor, user_id, action);
    if (account.deleted_at) throw NotFound.with();
    await this.refusals.on(user_id, action, () => this.circle.assertMayLeave(user_id, account.roles));
    return account;
  }
}
