import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  PersonalData,
  UserErased,
  type PersonalDataPart,
  type PersonalDataRequest,
  type UserErasedData,
} from '#contracts';
import { ErasureRepository } from './erasure.repository.js';
import { ErasureService } from './erasure.service.js';

@Controller()
export class ErasureController {
  constructor(
    private readonly erasure: ErasureService,
    private readonly books: ErasureRepository,
  ) {}

  @Listens(UserErased)
  userErased(data: UserErasedData): Promise<void> {
    return this.erasure.erase(data);
  }

  @Handles(PersonalData.licensing, { transaction: false })
  async export(whose: PersonalDataRequest): Promise<PersonalDataPart> {
    return { data: await this.books.read(whose) };
  }
}
