import { Injectable } from '@nestjs/common';
import { Bus } from '#bus';
import {
  EndInstallations,
  InstallationRemoved,
  NotFound,
  ReadInstallation,
  ReadSightings,
  Refusal,
  type EndedSessions,
  type InstallationList,
  type Sighting,
} from '#contracts';
import { Outbox, Transactions } from '#persistence';
import { AccountsService } from '../accounts/accounts.service.js';
import { InstallationsRepository } from './installations.repository.js';

/** The listener's transaction is open meanwhile, and Postgres ends one that idles for ten seconds. */
const PATIENCE = { timeoutMs: 3_000 };
/** A list is better late by a refresh than not at all. */
const SHORT_PATIENCE = { timeoutMs: 1_500 };

/** The installed copies of each person. Their sessions are identity's business. */
@Injectable()
export class InstallationsService {
  constructor(
    private readonly bus: Bus,
    private readonly tx: Transactions,
    private readonly accounts: AccountsService,
    private readonly installations: InstallationsRepository,
    private readonly outbox: Outbox,
  ) {}

  /** After an approval: the event has no names in it, so identity is asked. */
  async add(id: string): Promise<void> {
    try {
      const approved = await this.bus.send(ReadInstallation, { installation_id: id }, PATIENCE);
      await this.installations.insert({ id, ...approved });
    } catch (error) {
      // Taken back, or its person erased, before we came to it.
      if (!(error instanceof Refusal && error.is(NotFound))) throw error;
    }
  }

  /** With the time of the last refresh; without identity, with the last one that is known here. */
  async list(sub: string): Promise<InstallationList> {
    const user_id = await this.accounts.readerOf(sub);
    const rows = await this.installations.of(user_id);
    const sightings = await this.sightings(
      user_id,
      rows.map((row) => row.id),
    );
    const seenAt = new Map(sightings.map((s) => [s.installation_id, Date.parse(s.last_seen_at)]));
    return {
      installations: rows.map(({ created_at, last_seen_at, ...installation }) => ({
        ...installation,
        created_at: created_at.toISOString(),
        last_seen_at: new Date(Math.max(last_seen_at.getTime(), seenAt.get(installation.id) ?? 0)).toISOString(),
      })),
    };
  }

  /**
   * The session ends at once when identity can be asked, and by the event when it cannot.
   * @throws Refusal `not_found`, also for somebody else's
   */
  async remove(sub: string, installationId: string): Promise<EndedSessions> {
    const user_id = await this.accounts.readerOf(sub);
    await this.tx.run(async () => {
      if (!(await this.installations.delete(installationId, user_id)))
        throw NotFound.with('There is no such installation.');
      await this.outbox.append(InstallationRemoved, { user_id, installation_id: installationId }, { key: user_id });
    });
    const ended = this.bus.send(EndInstallations, { user_id, installation_ids: [installationId] }, SHORT_PATIENCE);
    return ended.catch(() => ({ session_ids: [] }));
  }

  private async sightings(user_id: string, installation_ids: string[]): Promise<Sighting[]> {
    if (!installation_ids.length) return [];
    try {
      const { sightings } = await this.bus.send(ReadSightings, { user_id, installation_ids }, SHORT_PATIENCE);
      await this.installations.seen(sightings);
      return sightings;
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  }
}
