import { Injectable } from '@nestjs/common';
import { Metrics } from '#boot';
import { WebhookUnauthenticated, type RecordMailFeedbackRequest } from '#contracts';
import { FulfillmentConfig } from '../../fulfillment.config.js';
import { isAcceptedSecret } from '../../storefronts/gumroad/webhook-secret.rules.js';
import type { Feedback } from './feedback.js';
import { MailFeedbackService } from './mail-feedback.service.js';
import { postmarkFeedback } from './postmark-feedback.rules.js';
import { sesFeedback } from './ses-feedback.rules.js';
import { SnsService } from './sns.service.js';

/** Takes the webhooks of mail services: what is proven to be theirs is acted on, and each is counted. */
@Injectable()
export class MailWebhooksService {
  private readonly counter;

  constructor(
    private readonly config: FulfillmentConfig,
    private readonly sns: SnsService,
    private readonly feedback: MailFeedbackService,
    metrics: Metrics,
  ) {
    const help = 'Webhooks of mail services, by what became of them.';
    this.counter = metrics.counter('gatehouse_mail_feedback_total', help, ['service', 'outcome']);
  }

  /** @throws Refusal `webhook_unauthenticated`; `unavailable` when it cannot be proven right now */
  async record(webhook: RecordMailFeedbackRequest): Promise<void> {
    const { service } = webhook;
    const news = await this.read(webhook).catch((error: unknown) => {
      this.counter.inc({ service, outcome: 'refused' });
      throw error;
    });
    const fresh = await this.feedback.record(news);
    this.counter.inc({ service, outcome: news.length === 0 ? 'ignored' : fresh ? 'recorded' : 'repeated' });
  }

  private async read({ service, secret, body }: RecordMailFeedbackRequest): Promise<Feedback[]> {
    const text = Buffer.from(body, 'base64').toString('utf8');
    if (service === 'ses') return this.readSes(text);
    if (!isAcceptedSecret(secret, this.config.mailWebhookSecrets ?? [])) throw WebhookUnauthenticated.with();
    return postmarkFeedback(text);
  }

  private async readSes(text: string): Promise<Feedback[]> {
    const message = await this.sns.proven(text);
    if (message.type === 'SubscriptionConfirmation') await this.sns.confirm(message);
    return message.type === 'Notification' ? sesFeedback(message.id, message.message) : [];
  }
}
