import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { FulfillmentConfig } from '../fulfillment.config.js';
import type { AddressedMail } from './mail-content.js';
import { mailHtml, mailText } from './mail-layout.js';

const DOMAIN = /@([^\s<>@]+)>?$/;

/** Speaks SMTP. */
@Injectable()
export class MailerService implements OnApplicationShutdown {
  private readonly transport;
  private readonly domain: string;

  constructor(private readonly config: FulfillmentConfig) {
    this.domain = DOMAIN.exec(config.mailFrom)?.[1] ?? 'localhost';
    this.transport = createTransport({
      url: config.smtpUrl,
      pool: true,
      maxConnections: 4,
      connectionTimeout: 5_000,
      greetingTimeout: 5_000,
      socketTimeout: 10_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    // A pooled connection that breaks while idle is replaced by the next mail.
    this.transport.on('error', () => undefined);
  }

  /**
   * Hands a mail to the mail server.
   * @param id makes the Message-ID: the same id is the same mail to whoever receives it twice.
   * @throws the mail server's refusal, see `mailFailure`
   */
  async send(id: string, mail: AddressedMail): Promise<void> {
    await this.transport.sendMail({
      from: this.config.mailFrom,
      // As an object an address is never parsed as a list, so a name cannot add a recipient.
      to: { name: mail.to.name, address: mail.to.address },
      subject: mail.subject,
      text: mailText(mail),
      html: mailHtml(mail),
      messageId: `<${id}@${this.domain}>`,
      // Postmark gives this one back in its webhooks; SES gives back the Message-ID.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-PM-Metadata-mail_id': id.split('.')[0]! },
      attachments: mail.attachments?.map((a) => ({ ...a, contentType: 'application/octet-stream' })),
    });
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}
