import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  GrantRenewal,
  ListBuyerLicenses,
  RenewLicense,
  type BuyerLicenses,
  type BuyerRequest,
  type Call,
  type GrantRenewalRequest,
  type LicenseRecord,
  type RenewalRight,
  type RenewLicenseRequest,
} from '#contracts';
import { BuyersQueries } from './buyers.queries.js';
import { RenewalRightsService } from './renewal-rights.service.js';
import { RenewalsService } from './renewals.service.js';

@Controller()
export class RenewalsController {
  constructor(
    private readonly renewals: RenewalsService,
    private readonly rights: RenewalRightsService,
    private readonly buyers: BuyersQueries,
  ) {}

  /** Opens its own two transactions: none may wait for the signature. */
  @Handles(RenewLicense, { transaction: false })
  renew(input: RenewLicenseRequest): Promise<LicenseRecord> {
    return this.renewals.renew(input);
  }

  @Handles(GrantRenewal)
  grant(input: GrantRenewalRequest, { actor, caller }: Call): Promise<RenewalRight> {
    return this.rights.grant(input, actor?.kind === 'caller' ? actor.caller : caller);
  }

  @Handles(ListBuyerLicenses, { transaction: false })
  licenses({ email }: BuyerRequest): Promise<BuyerLicenses> {
    return this.buyers.licenses(email);
  }
}
