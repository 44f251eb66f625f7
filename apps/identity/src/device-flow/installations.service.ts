import { Injectable } from '@nestjs/common';
import {
  NotFound,
  type ApprovedInstallation,
  type EndedSessions,
  type InstallationsRequest,
  type Sightings,
} from '#contracts';
import { Clients } from '../clients/clients.service.js';
import { Revocations } from '../revocations/revocations.service.js';
import { InstallationsRepository } from './installations.repository.js';

/** What licensing, which keeps the installations, has to ask about them. */
@Injectable()
export class Installations {
  constructor(
    private readonly installations: InstallationsRepository,
    private readonly clients: Clients,
    private readonly revocations: Revocations,
  ) {}

  /** A copy that gave no name goes by its application's. @throws Refusal `not_found` */
  async read(id: string): Promise<ApprovedInstallation> {
    const row = await this.installations.approved(id);
    if (!row) throw NotFound.with();
    const { decided_at, name, ...rest } = row;
    return { ...rest, name: name ?? this.clients.policyOf(row.client_id).name, approved_at: decided_at.toISOString() };
  }

  async sightings({ user_id, installation_ids }: InstallationsRequest): Promise<Sightings> {
    const seen = await this.installations.seen(user_id, installation_ids);
    return { sightings: seen.map((s) => ({ ...s, last_seen_at: s.last_seen_at.toISOString() })) };
  }

  /** Idempotent: licensing asks, and tells by event in case the question was lost. */
  async end({ user_id, installation_ids }: InstallationsRequest): Promise<EndedSessions> {
    const session_ids = await this.installations.end(user_id, installation_ids, 'installation_removed');
    await this.revocations.announce(user_id, session_ids, 'installation_removed');
    return { session_ids };
  }
}
