import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { PortalAccessService } from './portal-access.service.js';
import { PortalLicensesService } from './portal-licenses.service.js';
import { PortalController } from './portal.controller.js';
import { PortalRepository } from './portal.repository.js';

/** The buyers’ own page: their licenses, without an account. */
@Module({
  imports: [MailModule],
  controllers: [PortalController],
  providers: [PortalAccessService, PortalLicensesService, PortalRepository],
})
export class PortalModule {}
