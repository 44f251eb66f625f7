import { Injectable } from '@nestjs/common';
import { TokenInvalid, type Call, type EndedSessions, type ResetPasswordRequest } from '#contracts';
import { Transactions } from '#persistence';
import { MailTokens } from '../email/mail-tokens.service.js';
import type { OneTimeToken } from '../email/one-time-token.entity.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { PasswordHoldersRepository, type PasswordHolder } from '../passwords/password-holders.repository.js';
import { RecoveredAccounts } from './recovered-accounts.service.js';

const KIND = 'reset_password';

/** Sets a password anew for whoever has the account's mail. */
@Injectable()
export class PasswordReset {
  constructor(
    private readonly tx: Transactions,
    private readonly tokens: MailTokens,
    private readonly holders: PasswordHoldersRepository,
    private readonly passwords: NewPasswords,
    private readonly recovered: RecoveredAccounts,
  ) {}

  /**
   * A password that is refused leaves the token as it is. Signs nobody in, so the second factor stays (R-RC1).
   * @throws Refusal `token_invalid`, `password_too_weak`, `overloaded`
   */
  async reset({ token, new_password }: ResetPasswordRequest, { deadline }: Call): Promise<EndedSessions> {
    const holder = await this.holderOf(await this.tokens.open(KIND, token));
    await this.passwords.assertStrong(new_password, holder.words, 'new_password');
    const hash = await this.passwords.hash(new_password, deadline);
    return this.tx.run(async () => {
      const won = await this.tokens.consume(KIND, token);
      if (!won) throw TokenInvalid.with();
      await this.holderOf(won);
      await this.holders.set(holder, hash);
      return { session_ids: await this.recovered.begin(won) };
    });
  }

  /** The account of a token that was mailed to the address that it still has. */
  private async holderOf(token: OneTimeToken | undefined): Promise<PasswordHolder> {
    const holder = token && (await this.holders.find(token.user_id));
    if (!holder?.is_active || holder.email !== token?.email) throw TokenInvalid.with();
    return holder;
  }
}
