import { Injectable } from '@nestjs/common';
import { Log } from '#boot';
import { Unavailable, WebhookUnauthenticated } from '#contracts';
import { FulfillmentConfig } from '../../fulfillment.config.js';
import { isSignedBy, isSnsUrl, isTimely, readSns, type SnsMessage } from './sns-message.rules.js';
import { SnsWeb } from './sns-web.js';

const MOST_CERTIFICATES = 8;

/** Judges messages of Amazon SNS, and confirms the subscriptions to our own topics. */
@Injectable()
export class SnsService {
  private readonly certificates = new Map<string, string>();

  constructor(
    private readonly config: FulfillmentConfig,
    private readonly web: SnsWeb,
    private readonly log: Log,
  ) {}

  /**
   * A message that SNS has signed, of a topic of ours. Anybody may have SNS sign a topic's messages, so the topic counts
   * as much as the signature.
   * @throws Refusal `webhook_unauthenticated`; `unavailable` when the certificate cannot be had
   */
  async proven(body: string): Promise<SnsMessage> {
    const message = readSns(body);
    const now = Date.now();
    if (!message || !(this.config.sesTopics ?? []).includes(message.topic)) throw WebhookUnauthenticated.with();
    if (!isTimely(message, now) || !isCertificate(message.certificateUrl)) throw WebhookUnauthenticated.with();
    const pem = await this.certificate(message.certificateUrl);
    if (!isSignedBy(message, pem, now)) throw WebhookUnauthenticated.with();
    return message;
  }

  /** @throws Refusal `webhook_unauthenticated` when it leads elsewhere; `unavailable` */
  async confirm({ subscribeUrl, topic }: SnsMessage): Promise<void> {
    if (!subscribeUrl || !isSnsUrl(subscribeUrl)) throw WebhookUnauthenticated.with();
    await this.fetched(subscribeUrl);
    this.log.info('a subscription to bounces and complaints was confirmed', { topic });
  }

  private async certificate(url: string): Promise<string> {
    const known = this.certificates.get(url);
    if (known) return known;
    const pem = await this.fetched(url);
    if (this.certificates.size >= MOST_CERTIFICATES) this.certificates.clear();
    this.certificates.set(url, pem);
    return pem;
  }

  private async fetched(url: string): Promise<string> {
    return this.web.read(url).catch((error: unknown) => {
      this.log.warn('SNS cannot be asked', { error });
      throw Unavailable.with();
    });
  }
}

/** Without a query, so that one certificate has one address: nobody can have it fetched again and again. */
const isCertificate = (url: string): boolean => {
  if (!isSnsUrl(url)) return false;
  const { pathname, search } = new URL(url);
  return search === '' && pathname.endsWith('.pem');
};
