import { Injectable } from '@nestjs/common';
import { RateLimited, type PersonalDataFile, type UserActor } from '#contracts';
import { Transactions } from '#persistence';
import { SessionsService } from '../sessions/sessions.service.js';
import { PersonalDataParts } from './personal-data-parts.service.js';
import { PersonalExportsRepository } from './personal-exports.repository.js';
import { PersonalTablesRepository } from './personal-tables.repository.js';

/** It asks every service for all it has; nobody needs that often. */
const MOST_AN_HOUR = 10;

/** Collects everything that is held about a person (R-GD3). */
@Injectable()
export class PersonalDataService {
  constructor(
    private readonly tx: Transactions,
    private readonly sessions: SessionsService,
    private readonly exports: PersonalExportsRepository,
    private readonly tables: PersonalTablesRepository,
    private readonly parts: PersonalDataParts,
  ) {}

  /**
   * Whole or not at all: a file that lacks a service's part would look complete.
   * @throws Refusal `invalid_token`, `rate_limited`; `unavailable` when a service cannot be asked
   */
  async export(actor: UserActor): Promise<PersonalDataFile> {
    const { user_id } = actor;
    await this.sessions.assertLive(actor);
    await this.tx.run(() => this.note(user_id));
    const email = await this.tables.provenAddress(user_id);
    const [identity, others] = await Promise.all([this.tables.read(user_id), this.parts.collect({ user_id, email })]);
    return { exported_at: new Date().toISOString(), user_id, services: { identity, ...others } };
  }

  private async note(userId: string): Promise<void> {
    if (!(await this.exports.note(userId, MOST_AN_HOUR))) {
      throw RateLimited.with({ detail: 'You were given your data several times lately.', retry_after: 3_600 });
    }
    await this.parts.tell(userId);
  }
}
