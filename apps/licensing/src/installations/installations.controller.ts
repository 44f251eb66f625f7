import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  DeviceApproved,
  ListInstallations,
  RemoveInstallation,
  type Call,
  type DeviceDecidedData,
  type Empty,
  type EndedSessions,
  type InstallationList,
  type RemoveInstallationRequest,
} from '#contracts';
import { userOf } from '../accounts/caller.rules.js';
import { InstallationsService } from './installations.service.js';

/** None of the answers waits for the bus with a transaction open. */
@Controller()
export class InstallationsController {
  constructor(private readonly installations: InstallationsService) {}

  @Listens(DeviceApproved)
  approved(data: DeviceDecidedData): Promise<void> {
    return this.installations.add(data.installation_id);
  }

  @Handles(ListInstallations, { transaction: false })
  async list(_input: Empty, call: Call): Promise<InstallationList> {
    return this.installations.list(userOf(call));
  }

  @Handles(RemoveInstallation, { transaction: false })
  async remove(input: RemoveInstallationRequest, call: Call): Promise<EndedSessions> {
    return this.installations.remove(userOf(call), input.installation_id);
  }
}
