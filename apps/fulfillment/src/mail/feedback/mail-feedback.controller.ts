import { Controller } from '@nestjs/common';
import { Handles } from '#bus';
import { RecordMailFeedback, type Empty, type RecordMailFeedbackRequest } from '#contracts';
import { MailWebhooksService } from './mail-webhooks.service.js';

@Controller()
export class MailFeedbackController {
  constructor(private readonly webhooks: MailWebhooksService) {}

  /** No transaction waits for a certificate. */
  @Handles(RecordMailFeedback, { transaction: false })
  async record(input: RecordMailFeedbackRequest): Promise<Empty> {
    await this.webhooks.record(input);
    return {};
  }
}
