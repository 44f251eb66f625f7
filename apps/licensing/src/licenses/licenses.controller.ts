import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  MintLicense,
  ReadLicense,
  RestoreLicense,
  RevokeLicense,
  SearchLicenses,
  SuspendLicense,
  type Call,
  type LicensePage,
  type LicenseRecord,
  type MintLicenseRequest,
  type ReadLicenseRequest,
  type RestoreLicenseRequest,
  type RevokeLicenseRequest,
  type SearchLicensesRequest,
  type SuspendLicenseRequest,
} from '#contracts';
import { LicensesQueries } from './licenses.queries.js';
import { LicensesService } from './licenses.service.js';
import { MintingService } from './minting.service.js';

@Controller()
export class LicensesController {
  constructor(
    private readonly minting: MintingService,
    private readonly licenses: LicensesService,
    private readonly queries: LicensesQueries,
  ) {}

  /** Opens its own two transactions: none may wait for the signature. */
  @Handles(MintLicense, { transaction: false })
  mint(input: MintLicenseRequest, call: Call): Promise<LicenseRecord> {
    return this.minting.mint(input, call);
  }

  @Handles(RevokeLicense)
  revoke(input: RevokeLicenseRequest): Promise<LicenseRecord> {
    return this.licenses.revoke(input);
  }

  @Handles(SuspendLicense)
  suspend(input: SuspendLicenseRequest): Promise<LicenseRecord> {
    return this.licenses.suspend(input);
  }

  @Handles(RestoreLicense)
  restore(input: RestoreLicenseRequest): Promise<LicenseRecord> {
    return this.licenses.restore(input);
  }

  @Handles(ReadLicense, { transaction: false })
  read(input: ReadLicenseRequest): Promise<LicenseRecord> {
    return this.licenses.read(input.license_key);
  }

  @Handles(SearchLicenses, { transaction: false })
  search(input: SearchLicensesRequest): Promise<LicensePage> {
    return this.queries.search(input);
  }
}
