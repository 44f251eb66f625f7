import { Injectable } from '@nestjs/common';
import { Overloaded, PairingStarted, type PairingCode, type UserActor } from '#contracts';
import { Outbox } from '#persistence';
import { hashShortCode, newShortCode, PAIRING_CODE } from '../device-flow/short-code.rules.js';
import { MacKeys } from '../keys/mac-keys.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PairingCodesRepository } from './pairing-codes.repository.js';

const LIFETIME_SECONDS = 600;
const TRIES = 5;

/** Gives a person a code to type into a device. */
@Injectable()
export class Pairing {
  constructor(
    private readonly sessions: SessionsService,
    private readonly codes: PairingCodesRepository,
    private readonly keys: MacKeys,
    private readonly outbox: Outbox,
  ) {}

  /** The person's code before is void from now on. @throws Refusal `invalid_token` */
  async start(actor: UserActor): Promise<PairingCode> {
    await this.sessions.assertLive(actor);
    const { user_id } = actor;
    for (let i = 0; i < TRIES; i++) {
      const code = newShortCode(PAIRING_CODE);
      const hash = hashShortCode(this.keys.names, PAIRING_CODE, code);
      if (!(await this.codes.put(user_id, hash, LIFETIME_SECONDS))) continue;
      await this.outbox.append(PairingStarted, { user_id }, { key: user_id });
      return { code, expires_in: LIFETIME_SECONDS };
    }
    throw Overloaded.with({ retry_after: 1 });
  }
}
