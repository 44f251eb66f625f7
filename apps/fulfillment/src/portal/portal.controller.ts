import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import {
  ListPortalLicenses,
  OpenPortal,
  RenewPortalLicense,
  RequestPortalLink,
  ResendPortalLicense,
  type Empty,
  type OpenPortalRequest,
  type PortalLicenseRequest,
  type PortalLicenses,
  type PortalRequest,
  type PortalSession,
  type RenewedLicense,
  type RequestPortalLinkRequest,
} from '#contracts';
import { PortalAccessService } from './portal-access.service.js';
import { PortalLicensesService } from './portal-licenses.service.js';

@Controller()
export class PortalController {
  constructor(
    private readonly access: PortalAccessService,
    private readonly licenses: PortalLicensesService,
  ) {}

  @Handles(RequestPortalLink)
  requestLink({ email }: RequestPortalLinkRequest): Promise<Empty> {
    return this.access.requestLink(email);
  }

  @Handles(OpenPortal)
  open({ token }: OpenPortalRequest): Promise<PortalSession> {
    return this.access.open(token);
  }

  @Handles(ListPortalLicenses, { transaction: false })
  list({ session }: PortalRequest): Promise<PortalLicenses> {
    return this.licenses.list(session);
  }

  @Handles(ResendPortalLicense, { transaction: false })
  resend(input: PortalLicenseRequest): Promise<Empty> {
    return this.licenses.resend(input);
  }

  @Handles(RenewPortalLicense, { transaction: false })
  renew(input: PortalLicenseRequest): Promise<RenewedLicense> {
    return this.licenses.renew(input);
  }
}
