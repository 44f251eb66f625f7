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
import { CustomerErasureService } from './customer-erasure.service.js';
import { ErasureRepository } from './erasure.repository.js';
import { ErasureService } from './erasure.service.js';

@Controller()
export class ErasureController {
  constructor(
    private readonly erasure: ErasureService,
    private readonly books: ErasureRepository,
    private readonly customers: CustomerErasureService,
  ) {}

  @Listens(UserErased)
  userErased(data: UserErasedData): Promise<void> {
    return this.erasure.erase(data);
  }

  @Handles(EraseCustomer.licensing)
  eraseCustomer(input: EraseCustomerRequest): Promise<ErasedCustomer> {
    return this.customers.erase(input);
  }

  @Handles(PersonalData.licensing, { transaction: false })
  async export(whose: PersonalDataRequest): Promise<PersonalDataPart> {
    return { data: await this.books.read(whose) };
  }
}
