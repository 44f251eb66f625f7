import { Injectable } from '@nestjs/common';
import { IdentityConfig } from '../identity.config.js';
import { Passwords } from '../passwords/passwords.service.js';
import { LegacyMoves } from './legacy-moves.service.js';
import { LegacyPasswordsRepository } from './legacy-passwords.repository.js';

/** A sign-in that no password of ours has opened. */
export interface OldSignIn {
  typed: string;
  name: string;
  password: string;
  deadline: number;
  /** Whether a right password counts; a blocked one is compared and does nothing. */
  counts: boolean;
}

/**
 * Passwords of the old system (R-GD5). Each opens its account once: then it is hashed anew and the old hash is gone.
 * As long as one waits, every failing sign-in is compared with an old hash, whether or not there is one for its name, so
 * that the time does not tell who comes from the old system.
 */
@Injectable()
export class LegacyPasswords {
  constructor(
    private readonly config: IdentityConfig,
    private readonly waiting: LegacyPasswordsRepository,
    private readonly passwords: Passwords,
    private readonly moves: LegacyMoves,
  ) {}

  /** @returns whether it was the old password; where it may be, it is the account’s own now @throws Refusal `overloaded` */
  async open({ typed, name, password, deadline, counts }: OldSignIn): Promise<boolean> {
    if (this.config.legacyBridge === 'off') return false;
    const found = await this.waiting.find(typed, name);
    if (!found) return false;
    const { account, hash } = found;
    const { matches } = await this.passwords.check(hash, password, deadline);
    if (!matches || !account || !counts) return false;
    await this.moves.move(account, await this.passwords.hash(password, deadline));
    return true;
  }
}
