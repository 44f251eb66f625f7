import { Controller, Injectable } from '@nestjs/common';
import { Handles } from '#bus';
import { MailRequested, ReadMailToken, TokenInvalid, type MailToken, type ReadMailTokenRequest } from '#contracts';
import { newId, Outbox } from '#persistence';

/** Identity as far as mail goes: it asks for mails and tells their tokens. */
@Injectable()
@Controller()
export class FakeIdentity {
  readonly tokens = new Map<string, MailToken>();

  constructor(private readonly outbox: Outbox) {}

  /** Has a verification mail sent. */
  async request(email: string, username = 'ada'): Promise<{ token_id: string; token: string }> {
    const token_id = newId();
    const token = Buffer.from(`${token_id} and a MAC`).toString('base64url');
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    this.tokens.set(token_id, { token, email, username, expires_at });
    await this.outbox.append(MailRequested, { token_id, user_id: newId(), template: 'verify_email' as const });
    return { token_id, token };
  }

  @Handles(ReadMailToken, { transaction: false })
  async read({ token_id }: ReadMailTokenRequest): Promise<MailToken> {
    const token = this.tokens.get(token_id);
    if (!token) throw TokenInvalid.with();
    return token;
  }
}
