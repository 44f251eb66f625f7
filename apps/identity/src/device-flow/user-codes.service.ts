import { Injectable } from '@nestjs/common';
import type { RequestOrigin, UserActor } from '#contracts';
import { MacKeys } from '../keys/mac-keys.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeGuesses } from './code-guesses.service.js';
import { hashShortCode, readShortCode, USER_CODE } from './short-code.rules.js';

/** Who types a user code, and where. */
export interface Typist {
  actor: UserActor;
  origin: RequestOrigin;
}

/** Finds what a person's typed user code stands for, within the budget for wrong ones. */
@Injectable()
export class UserCodes {
  constructor(
    private readonly sessions: SessionsService,
    private readonly guesses: CodeGuesses,
    private readonly keys: MacKeys,
  ) {}

  /**
   * @param look gets the hash of the code
   * @returns nothing for what can be no code, which costs nothing, and for a wrong one, which does
   * @throws Refusal `invalid_token` when the person's session has ended; `rate_limited`
   */
  async find<T>(
    typed: string,
    { actor, origin }: Typist,
    look: (codeHash: Buffer) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    await this.sessions.assertLive(actor);
    const code = readShortCode(USER_CODE, typed);
    if (code === undefined) return undefined;
    const who = { user_id: actor.user_id, ip: origin.ip };
    return this.guesses.guess('user_code', who, () => look(hashShortCode(this.keys.names, USER_CODE, code)));
  }
}
