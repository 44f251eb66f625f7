import { Controller, Injectable } from '@nestjs/common';
import { Handles } from '#bus';
import {
  AcknowledgeErasure,
  MailRequested,
  NotFound,
  ReadErasure,
  ReadMailToken,
  TokenInvalid,
  UserErased,
  type Empty,
  type ErasureRequest,
  type ErasureSubject,
  type MailToken,
  type ReadMailTokenRequest,
} from '#contracts';
import { newId, Outbox } from '#persistence';

/** Identity as far as mail goes: it asks for mails and tells their tokens. */
@Injectable()
@Controller()
export class FakeIdentity {
  readonly tokens = new Map<string, MailToken>();
  /** People who are being erased, by erasure, and the erasures that were acknowledged. */
  readonly erasures = new Map<string, ErasureSubject>();
  readonly acknowledged: string[] = [];

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

  /** Has the same link sent once more. */
  async requestAgain(token_id: string): Promise<void> {
    await this.outbox.append(MailRequested, {
      token_id,
      user_id: newId(),
      template: 'verify_email' as const,
      again: true,
    });
  }

  @Handles(ReadMailToken, { transaction: false })
  async read({ token_id }: ReadMailTokenRequest): Promise<MailToken> {
    const token = this.tokens.get(token_id);
    if (!token) throw TokenInvalid.with();
    return token;
  }

  /** Tells that somebody is gone for good. */
  async erase(subject: ErasureSubject): Promise<string> {
    const erasure_id = newId();
    this.erasures.set(erasure_id, subject);
    await this.outbox.append(UserErased, { erasure_id, user_id: subject.user_id });
    return erasure_id;
  }

  @Handles(ReadErasure, { transaction: false })
  async readErasure({ erasure_id }: ErasureRequest): Promise<ErasureSubject> {
    const subject = this.erasures.get(erasure_id);
    if (!subject) throw NotFound.with();
    return subject;
  }

  @Handles(AcknowledgeErasure, { transaction: false })
  async acknowledge({ erasure_id }: ErasureRequest): Promise<Empty> {
    this.acknowledged.push(erasure_id);
    return {};
  }
}
