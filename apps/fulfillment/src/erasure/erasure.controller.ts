import { Controller } from '@nestjs/common';
import { Handles, Listens } from '#bus';
import {
  EraseCustomer,
  PersonalData,
  UserErased,
  type EraseCustomerRequest,
  type ErasedCustomer,
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

  /** Whatever the address is in, whether or not it has an account. */
  @Handles(EraseCustomer.fulfillment, { transaction: false })
  async eraseCustomer({ email, dry_run }: EraseCustomerRequest): Promise<ErasedCustomer> {
    const counts = dry_run ? await this.books.count(email) : await this.erasure.eraseCustomer(email);
    return { rows: Object.entries(counts).map(([kind, rows]) => ({ kind, rows })) };
  }

  @Handles(PersonalData.fulfillment, { transaction: false })
  async export(whose: PersonalDataRequest): Promise<PersonalDataPart> {
    return { data: await this.books.read(whose) };
  }
}
