import { Injectable } from '@nestjs/common';
import { NotFound, RolesChanged, type EndedSessions, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { AdminRefusals } from '../admin/admin-refusals.service.js';
import { AccountEndings } from '../lifecycle/account-endings.service.js';
import { ADMIN_ROLE } from '../users/website-user.entity.js';
import { AdminCircle } from './admin-circle.service.js';
import { RoleHoldersRepository } from './role-holders.repository.js';

const NOTHING: EndedSessions = { session_ids: [] };

/** Gives and takes roles. Sessions end with it: their tokens state the old ones (R-SE2, R-JW9). */
@Injectable()
export class UserRoles {
  constructor(
    private readonly holders: RoleHoldersRepository,
    private readonly circle: AdminCircle,
    private readonly refusals: AdminRefusals,
    private readonly endings: AccountEndings,
    private readonly outbox: Outbox,
  ) {}

  /**
   * @param next what the roles become of those that are there
   * @throws Refusal `not_found`, `last_admin`; `forbidden` for roles that may more than the actor
   */
  async change(actor: UserActor, userId: string, next: (roles: string[]) => string[]): Promise<EndedSessions> {
    await this.circle.hold();
    const before = await this.holders.lockRoles(userId);
    if (!before) throw NotFound.with();
    const roles = [...new Set(next(before))].sort();
    if (roles.join() === [...before].sort().join()) return NOTHING;
    await this.refusals.on(userId, 'roles', async () => {
      this.refusals.assertCovers(actor, [...before, ...roles]);
      if (!roles.includes(ADMIN_ROLE)) await this.circle.assertMayLeave(userId, before);
    });
    await this.holders.set(userId, roles);
    const ended = await this.endings.endEverything(userId, 'roles_changed');
    await this.outbox.append(RolesChanged, { user_id: userId, roles, before }, { key: userId });
    return ended;
  }
}
