import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  DeleteAccount,
  ExportPersonalData,
  UndoDeletion,
  type Call,
  type DeleteAccountRequest,
  type Empty,
  type EndedSessions,
  type PersonalDataFile,
  type UndoDeletionRequest,
} from '#contracts';
import { personOf } from '../sessions/sessions.service.js';
import { OwnDeletion } from './own-deletion.service.js';
import { PersonalDataService } from './personal-data.service.js';

@Controller()
export class LifecycleController {
  constructor(
    private readonly deletion: OwnDeletion,
    private readonly personalData: PersonalDataService,
  ) {}

  /** Opens its transaction itself: no connection waits for a hash, and a wrong guess stays counted. */
  @Handles(DeleteAccount, { transaction: false })
  async delete(input: DeleteAccountRequest, call: Call): Promise<EndedSessions> {
    return this.deletion.delete(personOf(call.actor), input, call);
  }

  @Handles(UndoDeletion)
  async undo(input: UndoDeletionRequest): Promise<Empty> {
    await this.deletion.undo(input.token);
    return {};
  }

  @Handles(ExportPersonalData, { transaction: false })
  async export(_input: Empty, call: Call): Promise<PersonalDataFile> {
    return this.personalData.export(personOf(call.actor));
  }
}
