import { Injectable } from '@nestjs/common';
import { InvalidToken, LastPasskey, NotFound, PasskeyRemoved, type PasskeyList, type UserActor } from '#contracts';
import { UsersRepository } from '../users/users.repository.js';
import { PasskeyBooks } from './passkey-books.service.js';
import { passkeyView } from './passkey-view.rules.js';

/** A person's own passkeys. */
@Injectable()
export class OwnPasskeys {
  constructor(
    private readonly users: UsersRepository,
    private readonly books: PasskeyBooks,
  ) {}

  async list(actor: UserActor): Promise<PasskeyList> {
    await this.assertLive(actor);
    return { passkeys: (await this.books.passkeys.of(actor.user_id)).map(passkeyView) };
  }

  /** Within the open transaction. @throws Refusal `not_found`, also for somebody else's; `last_credential` */
  async remove(actor: UserActor, id: string): Promise<void> {
    const { user_id, session_id } = actor;
    await this.assertLive(actor);
    await this.books.passkeys.lockOwner(user_id);
    if (!(await this.books.passkeys.remove(id, user_id))) throw NotFound.with();
    if (!(await this.books.passkeys.hasWayIn(user_id))) throw LastPasskey.with('Add another way to sign in first.');
    await this.books.tell(PasskeyRemoved, { user_id, passkey_id: id }, 'passkey_removed', session_id);
  }

  private async assertLive({ user_id, session_id }: UserActor): Promise<void> {
    if (!(await this.users.findBySession(user_id, session_id))) throw InvalidToken.with();
  }
}
