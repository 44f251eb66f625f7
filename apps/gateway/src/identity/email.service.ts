import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Bus } from '#bus';
import { Unauthenticated, ValidationFailed, VerifyEmail, VerifyEmailByCode, type User } from '#contracts';
import { TokenReader } from '../access/token-reader.js';
import { askOf } from '../edge/ask.js';
import type { VerifyBody } from './email-verify-body.js';

/** One route for both proofs of an address. */
@Injectable()
export class EmailService {
  constructor(
    private readonly bus: Bus,
    private readonly tokens: TokenReader,
  ) {}

  /** @throws Refusal `validation_failed` without a proof; `unauthenticated` for a code without a bearer token */
  async verify({ token, code }: VerifyBody, request: FastifyRequest): Promise<User> {
    if (token !== undefined) return this.bus.send(VerifyEmail, { token }, askOf(request));
    if (code === undefined) {
      const detail = 'Give token or code.';
      throw ValidationFailed.with({ detail, errors: [{ field: 'token', code: 'required', detail }] });
    }
    const actor = await this.tokens.personBehind(request);
    if (!actor) throw Unauthenticated.with();
    return this.bus.send(VerifyEmailByCode, { code }, { ...askOf(request), actor });
  }
}
