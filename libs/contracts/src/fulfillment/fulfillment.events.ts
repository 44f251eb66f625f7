import { event } from '../event.js';
import { OneOf, Text, Uuid } from '../fields.js';
import { ORDER_STANDINGS } from './fulfillment.commands.js';

export class OrderSettledData {
  @Text({ max: 32 }) store!: string;
  @Text({ max: 191 }) order_id!: string;
  @OneOf(ORDER_STANDINGS) standing!: string;
  @Text({ nullable: true, max: 64 }) license_key!: string | null;
}
export const OrderSettled = event('fulfillment.order.settled', {
  data: OrderSettledData,
  publicName: 'order.settled',
  summary: 'An order’s standing was read from its store and its license made to agree with it.',
});

export class MailSentData {
  @Uuid() mail_id!: string;
  @Text({ max: 64 }) template!: string;
}
export const MailSent = event('fulfillment.mail.sent', {
  data: MailSentData,
  publicName: 'mail.sent',
  summary: 'A mail was accepted by the mail server.',
});

export class MailBouncedData {
  @Uuid() mail_id!: string;
  @Text({ max: 64 }) template!: string;
}
export const MailBounced = event('fulfillment.mail.bounced', {
  data: MailBouncedData,
  publicName: 'mail.bounced',
  summary: 'A mail was refused for good.',
});
