import { Module } from '@nestjs/common';
import { PortalMailsService } from '../portal/portal-mails.service.js';
import { PortalRepository } from '../portal/portal.repository.js';
import { MailBooks } from './mail-books.js';
import { MailDeliveryService } from './mail-delivery.service.js';
import { MailPreparationService } from './mail-preparation.service.js';
import { MailWorker } from './mail-worker.js';
import { MailFeedbackController } from './feedback/mail-feedback.controller.js';
import { MailFeedbackRepository } from './feedback/mail-feedback.repository.js';
import { MailFeedbackService } from './feedback/mail-feedback.service.js';
import { MailWebhooksService } from './feedback/mail-webhooks.service.js';
import { SnsService } from './feedback/sns.service.js';
import { SnsWeb } from './feedback/sns-web.js';
import { MailController } from './mail.controller.js';
import { MailQueries } from './mail.queries.js';
import { MailRepository } from './mail.repository.js';
import { MailService } from './mail.service.js';
import { MailerService } from './mailer.service.js';
import { SuppressionsController } from './suppressions/suppressions.controller.js';
import { SuppressionsRepository } from './suppressions/suppressions.repository.js';
import { SuppressionsService } from './suppressions/suppressions.service.js';

/** Mail of all services: queued by their events, written and sent here. */
@Module({
  controllers: [MailController, SuppressionsController, MailFeedbackController],
  providers: [
    MailRepository,
    MailQueries,
    MailBooks,
    MailPreparationService,
    MailerService,
    MailDeliveryService,
    MailWorker,
    MailService,
    PortalMailsService,
    PortalRepository,
    SuppressionsRepository,
    SuppressionsService,
    MailFeedbackRepository,
    MailFeedbackService,
    MailWebhooksService,
    SnsService,
    SnsWeb,
  ],
  exports: [MailService],
})
export class MailModule {}
