import { Controller } from '@nestjs/common';
import { Bus, Handles, Listens } from '#bus';
import {
  AcknowledgeErasure,
  PersonalData,
  UserErased,
  type PersonalDataPart,
  type PersonalDataRequest,
  type UserErasedData,
} from '#contracts';

/**
 * Nothing about a person stays here: frames live ten minutes for clients that reconnect, and sockets ended with their
 * sessions. Identity still hears it from this service itself, and not from an assumption about it.
 */
@Controller()
export class ErasureController {
  constructor(private readonly bus: Bus) {}

  @Listens(UserErased)
  async userErased({ erasure_id }: UserErasedData): Promise<void> {
    await this.bus.send(AcknowledgeErasure, { erasure_id });
  }

  @Handles(PersonalData.realtime)
  async export(_whose: PersonalDataRequest): Promise<PersonalDataPart> {
    return { data: { kept: 'What was pushed to your clients in the last ten minutes, and nothing else.' } };
  }
}
