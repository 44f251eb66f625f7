import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  PersonalData,
  UserErased,
  type PersonalDataPart,
  type PersonalDataRequest,
  type UserErasedData,
} from '#contracts';
import { ErasureService } from './erasure.service.js';
import { HeldKeysRepository } from './held-keys.repository.js';

@Controller()
export class ErasureController {
  constructor(
    private readonly erasure: ErasureService,
    private readonly held: HeldKeysRepository,
  ) {}

  @Listens(UserErased)
  userErased(data: UserErasedData): Promise<void> {
    return this.erasure.erase(data);
  }

  @Handles(PersonalData.secrets, { transaction: false })
  async export({ user_id }: PersonalDataRequest): Promise<PersonalDataPart> {
    return { data: await this.held.read(user_id) };
  }
}
