import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  EndInstallations,
  InstallationRemoved,
  ReadInstallation,
  ReadSightings,
  type ApprovedInstallation,
  type EndedSessions,
  type InstallationRemovedData,
  type InstallationsRequest,
  type ReadInstallationRequest,
  type Sightings,
} from '#contracts';
import { Installations } from './installations.service.js';

@Controller()
export class InstallationsController {
  constructor(private readonly installations: Installations) {}

  @Handles(ReadInstallation, { transaction: false })
  read(input: ReadInstallationRequest): Promise<ApprovedInstallation> {
    return this.installations.read(input.installation_id);
  }

  @Handles(ReadSightings, { transaction: false })
  sightings(input: InstallationsRequest): Promise<Sightings> {
    return this.installations.sightings(input);
  }

  @Handles(EndInstallations)
  end(input: InstallationsRequest): Promise<EndedSessions> {
    return this.installations.end(input);
  }

  @Listens(InstallationRemoved)
  async removed({ user_id, installation_id }: InstallationRemovedData): Promise<void> {
    await this.installations.end({ user_id, installation_ids: [installation_id] });
  }
}
