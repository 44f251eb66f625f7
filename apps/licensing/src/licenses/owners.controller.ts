import { Controller } from '@nestjs/common';
import { Listens } from '#bus';
import { EmailVerified, LicenseIssued, type EmailVerifiedData, type LicenseIssuedData } from '#contracts';
import { OwnersService } from './owners.service.js';

@Controller()
export class OwnersController {
  constructor(private readonly owners: OwnersService) {}

  @Listens(LicenseIssued)
  licenseIssued(data: LicenseIssuedData): Promise<void> {
    return this.owners.findOwnerOf(data.license_key);
  }

  @Listens(EmailVerified)
  emailVerified(data: EmailVerifiedData): Promise<void> {
    return this.owners.bringSoldTo(data.user_id);
  }
}
