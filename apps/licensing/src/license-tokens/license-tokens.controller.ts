import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { IssueLicenseToken, type IssuedLicenseToken, type IssueLicenseTokenRequest } from '#contracts';
import { EntitlementsService } from '../entitlements/entitlements.service.js';
import { LicenseTokensService } from './license-tokens.service.js';

@Controller()
export class LicenseTokensController {
  constructor(
    private readonly entitlements: EntitlementsService,
    private readonly tokens: LicenseTokensService,
  ) {}

  /** Opens its own transactions: none may wait for the token's signature. */
  @Handles(IssueLicenseToken, { transaction: false })
  async issue(input: IssueLicenseTokenRequest): Promise<IssuedLicenseToken> {
    return this.tokens.issue(await this.entitlements.current(input.user_id), input.ttl);
  }
}
