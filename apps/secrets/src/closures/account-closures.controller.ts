import { Controller } from '@nestjs/common';
import { Listens, type EventMeta } from '#bus';
import {
  DeletionRequested,
  DeletionUndone,
  UserClosed,
  UserRestored,
  UserSuspended,
  type DeletionRequestedData,
  type DeletionUndoneData,
  type UserManagedData,
} from '#contracts';
import { AccountClosuresRepository, CLOSURES } from './account-closures.repository.js';

/** Whoever cannot sign in has nothing handed out in their name either. */
@Controller()
export class AccountClosuresController {
  constructor(private readonly closures: AccountClosuresRepository) {}

  @Listens(UserSuspended)
  suspended({ user_id }: UserManagedData, { at }: EventMeta): Promise<void> {
    return this.closures.note(user_id, ['suspended'], true, at);
  }

  @Listens(UserClosed)
  closed({ user_id }: UserManagedData, { at }: EventMeta): Promise<void> {
    return this.closures.note(user_id, ['deleted'], true, at);
  }

  @Listens(UserRestored)
  restored({ user_id }: UserManagedData, { at }: EventMeta): Promise<void> {
    return this.closures.note(user_id, CLOSURES, false, at);
  }

  @Listens(DeletionRequested)
  deletionRequested({ user_id }: DeletionRequestedData, { at }: EventMeta): Promise<void> {
    return this.closures.note(user_id, ['deleted'], true, at);
  }

  @Listens(DeletionUndone)
  deletionUndone({ user_id }: DeletionUndoneData, { at }: EventMeta): Promise<void> {
    return this.closures.note(user_id, ['deleted'], false, at);
  }
}
