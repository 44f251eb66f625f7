import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  SetLicenseTerms,
  UseRenewal,
  WithdrawRenewal,
  type LicenseRecord,
  type RenewalOrderRequest,
  type SetLicenseTermsRequest,
} from '#contracts';
import { PaidRenewalsService } from './paid-renewals.service.js';
import { SoldTermsService } from './sold-terms.service.js';

/** What later sales do to a license. All of these open their own transactions: none may wait for a signature. */
@Controller()
export class SoldTermsController {
  constructor(
    private readonly sold: SoldTermsService,
    private readonly renewals: PaidRenewalsService,
  ) {}

  @Handles(SetLicenseTerms, { transaction: false })
  set(input: SetLicenseTermsRequest): Promise<LicenseRecord> {
    return this.sold.set(input);
  }

  @Handles(UseRenewal, { transaction: false })
  use({ order }: RenewalOrderRequest): Promise<LicenseRecord> {
    return this.renewals.use(order);
  }

  @Handles(WithdrawRenewal, { transaction: false })
  withdraw({ order }: RenewalOrderRequest): Promise<LicenseRecord> {
    return this.renewals.withdraw(order);
  }
}
