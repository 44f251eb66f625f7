import { Injectable } from '@nestjs/common';
import { LastAdmin } from '#contracts';
import { ADMIN_ROLE } from '../users/website-user.entity.js';
import { RoleHoldersRepository } from './role-holders.repository.js';

/** Sees to it that there is always somebody who can administrate (R-AD4). */
@Injectable()
export class AdminCircle {
  constructor(private readonly holders: RoleHoldersRepository) {}

  /**
   * To be called before anything is changed that could take an admin away: of two such transactions one waits for the
   * other's end.
   */
  hold(): Promise<void> {
    return this.holders.holdAdmins();
  }

  /** @throws Refusal `last_admin` when this account is an admin and there is no other one */
  async assertMayLeave(userId: string, roles: readonly string[]): Promise<void> {
    if (roles.includes(ADMIN_ROLE) && !(await this.holders.hasOtherAdmin(userId))) throw LastAdmin.with();
  }
}
