import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AccessTokenVerifier, actorOf } from '#access-tokens';
import { InsufficientScope, Refusal, type UserActor } from '#contracts';
import { bearerOf } from './access-guard.js';

/** Reads access tokens where no guard demands one. */
@Injectable()
export class TokenReader {
  constructor(private readonly verifier: AccessTokenVerifier) {}

  /** The person of a token. @throws Refusal `invalid_token`, `insufficient_scope` */
  async person(token: string): Promise<UserActor> {
    return actorOf(await this.verifier.verify(token));
  }

  /** The person behind a request, if a good token says so; a bad one says nothing, nor one of staff in a person's name. */
  async personBehind(request: FastifyRequest): Promise<UserActor | undefined> {
    const actor = await this.holderBehind(request);
    return actor?.impersonator_id === undefined ? actor : undefined;
  }

  /** Like {@link personBehind}, also for staff in a person's name: only to end what its token opens. */
  async holderBehind(request: FastifyRequest): Promise<UserActor | undefined> {
    const token = bearerOf(request);
    return token === undefined ? undefined : this.personIn(token);
  }

  /**
   * The person of a token, or nothing when it is not good.
   * @param scope what a token of an application has to have; by default none but one for the whole account does
   */
  async personIn(token: string, scope?: string): Promise<UserActor | undefined> {
    try {
      return actorOf(await this.verifier.verify(token, scope));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.kind === 'unauthenticated' || error.is(InsufficientScope)) return undefined;
      throw error;
    }
  }
}
