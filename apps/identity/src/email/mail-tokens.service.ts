import { Injectable } from '@nestjs/common';
import { TokenInvalid, type MailOccasion, type MailToken } from '#contracts';
import { MacKeys } from '../keys/mac-keys.service.js';
import { MailRecipients } from './mail-recipients.repository.js';
import {
  CODE_LIFE_MS,
  hashMailToken,
  readMailToken,
  writeMailCode,
  writeMailToken,
  type MailTokenKind,
} from './mail-token.rules.js';
import type { OneTimeToken } from './one-time-token.entity.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { RegistrationsRepository } from './registrations.repository.js';

type Adoption = Pick<OneTimeToken, 'kind' | 'user_id'> & { session_id: string };

/** Kinds that go to another address than the account has at the moment. */
const ELSEWHERE: readonly MailTokenKind[] = ['change_email', 'undo_email_change'];

/** Reads tokens: for the mail that carries them, and from those who come with them. */
@Injectable()
export class MailTokens {
  constructor(
    private readonly tokens: OneTimeTokensRepository,
    private readonly registrations: RegistrationsRepository,
    private readonly recipients: MailRecipients,
    private readonly keys: MacKeys,
  ) {}

  /** The token of a mail about to be sent. @throws Refusal `token_invalid` when the mail is of no use any more */
  async read(tokenId: string): Promise<MailToken> {
    const stored = await this.tokens.find(tokenId);
    return stored ? this.ofAccount(stored) : this.ofRegistration(tokenId);
  }

  /** The stored token, unless it is forged; it may be used, voided or expired. */
  async known(kind: MailTokenKind, token: string): Promise<OneTimeToken | undefined> {
    const id = readMailToken(this.keys.mail, kind, token);
    const stored = id === undefined ? null : await this.tokens.find(id);
    return stored?.kind === kind && stored.token_hash.equals(hashMailToken(token)) ? stored : undefined;
  }

  /** The stored token as long as it could be used. */
  async open(kind: MailTokenKind, token: string): Promise<OneTimeToken | undefined> {
    const stored = await this.known(kind, token);
    return stored?.isOpen(new Date()) ? stored : undefined;
  }

  /** Uses a token up; one of any number that try at once gets it (H3). Nothing for a forged or used one. */
  async consume(kind: MailTokenKind, token: string): Promise<OneTimeToken | undefined> {
    const id = readMailToken(this.keys.mail, kind, token);
    return id === undefined ? undefined : this.tokens.consume(id, kind, hashMailToken(token));
  }

  /** Takes over a young token that was mailed unasked. @returns its id to the first session that asks */
  async adopt({ kind, user_id, session_id }: Adoption, since: Date): Promise<string | undefined> {
    return this.tokens.adopt(user_id, kind, session_id, since);
  }

  /** Drops the wish for an account that a token was to confirm. @returns false when there is none any more */
  async withdraw(token: string): Promise<boolean> {
    const id = readMailToken(this.keys.mail, 'confirm_registration', token);
    return id !== undefined && (await this.registrations.consume(id, hashMailToken(token))) !== undefined;
  }

  private async ofAccount(stored: OneTimeToken): Promise<MailToken> {
    const user = await this.recipients.find(stored.user_id, stored.session_id);
    const reachable = user && (user.email === stored.email || ELSEWHERE.includes(stored.kind));
    if (!stored.isOpen(new Date()) || !reachable) throw TokenInvalid.with();
    const { kind, id, email, notice } = stored;
    return {
      ...{ token: writeMailToken(this.keys.mail, kind, id), email, username: user.username },
      expires_at: stored.expires_at.toISOString(),
      ...(kind === 'verify_email' && stored.created_at.getTime() > Date.now() - CODE_LIFE_MS
        ? { code: writeMailCode(this.keys.mail, kind, id) }
        : {}),
      ...(notice ? { notice, occasion: occasionOf(stored, user) } : {}),
    };
  }

  private async ofRegistration(id: string): Promise<MailToken> {
    const wanted = await this.registrations.findOpen(id);
    if (!wanted) throw TokenInvalid.with();
    const token = writeMailToken(this.keys.mail, 'confirm_registration', id);
    return { token, email: wanted.email, username: wanted.username, expires_at: wanted.expires_at.toISOString() };
  }
}

function occasionOf(stored: OneTimeToken, from: { user_agent: string | null; ip: string | null }): MailOccasion {
  return { at: stored.created_at.toISOString(), user_agent: from.user_agent, ip: from.ip };
}
